"""Giving back units that had expired. Source: docs/wallets.md."""

from datetime import datetime

from sqlalchemy import text
from sqlalchemy.orm import Session

from contracts.events.loyalty import PointsReinstated
from kernel.ids import CustomerId, TenantId, new_id
from kernel.points import Points
from services.loyalty.domain.by_hand import ByHand
from services.loyalty.domain.refusals.wallets import EndsInThePast, NotSoManyExpired
from services.loyalty.operations.expire_lots import expire
from services.loyalty.operations.time_out_holds import time_out_holds_of
from services.loyalty.queries.customers import locked
from services.loyalty.tables.books import Books, movement
from services.loyalty.tables.moves import ReinstatementRow

# Units of a purchase that came back after they had died count no more: the customer has no claim to them.
EXPIRED = text("""
    SELECT coalesce((SELECT -sum(amount) FROM entries
                     WHERE tenant_id = :tenant_id AND customer_id = :customer_id AND unit = :unit
                       AND wallet = 'customer' AND kind = 'expiry'), 0)
         - coalesce((SELECT sum(amount) FROM reinstatements
                     WHERE tenant_id = :tenant_id AND customer_id = :customer_id AND unit = :unit), 0)
         - coalesce((SELECT sum((r.let_go::jsonb -> :unit ->> 'forgiven')::bigint)
                     FROM purchases p JOIN returns r ON r.tenant_id = p.tenant_id AND r.purchase_id = p.id
                     WHERE p.tenant_id = :tenant_id AND p.customer_id = :customer_id), 0)
""")


def reinstate_units(
    db: Session,
    tenant_id: TenantId,
    customer_id: CustomerId,
    *,
    unit: str,
    amount: Points,
    expires_at: datetime,
    by: ByHand,
    at: datetime,
) -> tuple[ReinstatementRow, int]:
    """Give back units of those that expired and were not given back before; and the balance after it.

    They live until `expires_at`. Raises NoSuchCustomer, EndsInThePast and NotSoManyExpired.
    """
    if expires_at <= at:
        raise EndsInThePast(expires_at=expires_at.isoformat())
    standing = locked(db, tenant_id, customer_id)
    books = Books(at)
    wallet = books.open_wallet(db, standing, unit)
    time_out_holds_of(db, books, standing, wallet)
    # What died by the clock has expired, whether or not the nightly job has booked it.
    expire(books, standing, wallet)
    books.close(db)
    sought = {"tenant_id": tenant_id, "customer_id": customer_id, "unit": unit}
    expired = int(db.execute(EXPIRED, sought).scalar_one())
    if amount > expired:
        raise NotSoManyExpired(expired=expired, asked=amount)
    reinstatement = ReinstatementRow(
        tenant_id=tenant_id,
        id=new_id("rei"),
        customer_id=customer_id,
        unit=unit,
        amount=amount,
        expires_at=expires_at,
        reason=by.reason,
        actor=by.actor,
        recorded_at=at,
    )
    db.add(reinstatement)
    books = Books(at)
    moved = movement("adjustment", "expired", reinstatement.id, at)
    books.add(standing, wallet, moved, amount, spendable_at=at, expires_at=expires_at)
    books.postings.tell(
        PointsReinstated(
            tenant_id=tenant_id,
            customer_id=customer_id,
            occurred_at=at,
            unit=unit,
            amount=amount,
            expires_at=expires_at,
            balance=Points(wallet.balance),
        ),
        by.trace,
    )
    books.close(db)
    db.flush()
    return reinstatement, wallet.balance
