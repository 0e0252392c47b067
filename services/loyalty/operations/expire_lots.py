"""Booking the units that died. Source: docs/rules/expiry.md."""

from datetime import datetime

from sqlalchemy import text
from sqlalchemy.orm import Session

from chassis.data.pipelines import pipeline
from contracts.events.loyalty import PointsExpired
from kernel.ids import CustomerId, TenantId
from kernel.points import Points
from services.loyalty.domain.lot import Draw, Lot
from services.loyalty.tables.books import Books, movement
from services.loyalty.tables.gift_cards import CARDS
from services.loyalty.tables.standings import Owner, Standing, StandingsRequest, Wallet, load_lots

OWNERS_MAX = 200
# The lots that died first, however many more there are: the cost follows what is due, not the size of the table. Those
# of which a hold keeps everything are passed over, or they would keep the ones behind them from being booked.
DUE = text("""
    SELECT customer_id, unit FROM (
        SELECT l.customer_id, l.unit FROM lots l JOIN wallets w USING (tenant_id, customer_id, unit)
        WHERE l.tenant_id = :tenant_id AND l.expires_at <= :at AND l.remaining > 0
          AND (w.held = 0 OR w.held < (
              SELECT sum(d.remaining) FROM lots d
              WHERE d.tenant_id = l.tenant_id AND d.customer_id = l.customer_id AND d.unit = l.unit
                AND d.expires_at <= :at AND d.remaining > 0))
        ORDER BY l.expires_at LIMIT :limit
    ) AS died
    UNION
    SELECT customer_id, unit FROM (
        SELECT customer_id, unit FROM wallets
        WHERE tenant_id = :tenant_id AND lapses_at <= :at
        ORDER BY lapses_at LIMIT :limit
    ) AS lapsed
""")


def expire_lots(db: Session, tenant_id: TenantId, *, at: datetime) -> int:
    """Book lots whose life is over, for some of the customers concerned; returns how many lots and lapsed wallets.

    Twice changes nothing.
    Units that are set aside stay until their hold is closed.
    """
    due = db.execute(DUE, {"tenant_id": tenant_id, "at": at, "limit": OWNERS_MAX}).all()
    if not due:
        return 0
    owners: list[Owner] = [(tenant_id, CustomerId(row.customer_id)) for row in due]
    with pipeline(db) as asking:
        request = StandingsRequest(asking, owners)
    standings = request.answer()
    wallets = [(standings[tenant_id, row.customer_id], row.unit) for row in due]
    opened = [(standing, standing.wallet(unit)) for standing, unit in wallets]
    load_lots(db, opened)
    books = Books(at)
    expired = sum(expire(books, standing, wallet) for standing, wallet in opened)
    books.close(db)
    return expired


def expire(books: Books, standing: Standing, wallet: Wallet) -> int:
    """Book the dead lots of one wallet, less what holds may still capture; returns how many, a lapse included."""
    lapsed = books.lapse(standing, wallet)
    lots = [opened.lot for opened in (wallet.lots or {}).values()]
    dead = [lot for lot in lots if lot.is_expired(books.at) and lot.remaining > 0]
    # A capture takes dead units first: what it finds must not depend on whether this job has run.
    draws = [draw for draw in leaving(dead, wallet.held) if draw.amount]
    for draw in draws:
        assert wallet.lots is not None
        died_at = wallet.lots[draw.lot].lot.expires_at or books.at
        books.take(standing, wallet, movement("expiry", "expired", draw.lot, died_at), [draw])
    if draws and standing.status not in CARDS:
        books.postings.tell(
            PointsExpired(
                tenant_id=standing.tenant_id,
                customer_id=standing.customer_id,
                occurred_at=books.at,
                unit=wallet.unit,
                amount=Points(sum(draw.amount for draw in draws)),
                balance=Points(wallet.balance),
            ),
            None,
        )
    return len(draws) + lapsed


def leaving(lots: list[Lot], kept: int) -> list[Draw]:
    """All of the lots, but so many units of those that died last."""
    draws = []
    for lot in sorted(lots, key=lambda lot: (lot.expires_at, lot.id), reverse=True):
        spared = min(kept, lot.remaining)
        kept -= spared
        draws.append(Draw(lot.id, lot.remaining - spared))
    return draws
