"""What a burn took, to be given back."""

from sqlalchemy.orm import Session

from chassis.data.pipelines import pipeline
from services.loyalty.domain.give_back import Drawn
from services.loyalty.tables.standings import Standing, Wallet, keep_lot

DRAWN = """
    SELECT d.amount, l.id, l.remaining, l.spendable_at, l.expires_at, l.earned_at, l.reference, l.rule, l.amount,
           l.sliding, l.awaits
    FROM draws d JOIN lots l ON l.tenant_id = d.tenant_id AND l.id = d.lot_id
    WHERE d.tenant_id = %b::text AND d.transaction_id = %b::text AND l.customer_id = %b::text AND l.unit = %b::text
"""


def read_drawn(db: Session, standing: Standing, wallet: Wallet, transaction_id: str) -> list[Drawn]:
    """The lots that a burn of this wallet took from; they are among the wallet's open lots afterwards."""
    assert wallet.lots is not None, "the wallet is open"
    with pipeline(db) as asking:
        found = asking.send(DRAWN, (standing.tenant_id, transaction_id, standing.customer_id, wallet.unit))
    drawn = []
    for taken, lot_id, *lot in found.fetchall():
        if lot_id not in wallet.lots:
            keep_lot(wallet, lot_id, *lot)
        drawn.append(Drawn(wallet.lots[lot_id].lot, taken))
    return drawn
