"""What a burn took, to be given back."""

from sqlalchemy.orm import Session

from chassis.row_sets import pipeline
from services.loyalty.domain.give_back import Drawn
from services.loyalty.domain.lot import Lot, LotId
from services.loyalty.tables.standings import OpenLot, Standing, Wallet

DRAWN = """
    SELECT d.amount, l.id, l.remaining, l.spendable_at, l.expires_at, l.earned_at, l.reference, l.rule, l.amount
    FROM draws d JOIN lots l ON l.tenant_id = d.tenant_id AND l.id = d.lot_id
    WHERE d.tenant_id = %s AND d.transaction_id = %s AND l.customer_id = %s AND l.unit = %s
"""


def read_drawn(db: Session, standing: Standing, wallet: Wallet, transaction_id: str) -> list[Drawn]:
    """The lots that a burn of this wallet took from; they are among the wallet's open lots afterwards."""
    assert wallet.lots is not None, "the wallet is open"
    with pipeline(db) as asking:
        found = asking.send(DRAWN, (standing.tenant_id, transaction_id, standing.customer_id, wallet.unit))
    drawn = []
    for taken, lot_id, remaining, spendable_at, expires_at, earned_at, *made_by in found.fetchall():
        lot = Lot(
            id=LotId(lot_id),
            remaining=remaining,
            spendable_at=spendable_at,
            expires_at=expires_at,
            earned_at=earned_at,
        )
        opened = wallet.lots.setdefault(lot.id, OpenLot(lot, *made_by))
        drawn.append(Drawn(opened.lot, taken))
    return drawn
