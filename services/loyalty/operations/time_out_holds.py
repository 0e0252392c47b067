"""Freeing holds whose time is over."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from kernel.ids import CustomerId, TenantId
from services.loyalty.queries.customers import locked
from services.loyalty.tables.books import Books
from services.loyalty.tables.holds import HoldRow
from services.loyalty.tables.standings import Standing, Wallet

BATCH_MAX = 200


def time_out_holds(db: Session, tenant_id: TenantId, *, at: datetime) -> int:
    """Free the tenant's holds that are due, at most BATCH_MAX; returns how many. A hold is freed exactly once."""
    due = select(HoldRow.customer_id, HoldRow.unit).where(
        HoldRow.tenant_id == tenant_id, HoldRow.status == "held", HoldRow.expires_at <= at
    )
    owners = db.execute(due.distinct().order_by(HoldRow.customer_id, HoldRow.unit).limit(BATCH_MAX)).all()
    return sum(time_out_for(db, tenant_id, *owner, at=at) for owner in owners)


def time_out_for(db: Session, tenant_id: TenantId, customer_id: CustomerId, unit: str, *, at: datetime) -> int:
    """Free the holds of one wallet that are due; returns how many."""
    standing = locked(db, tenant_id, customer_id)
    books = Books(at)
    freed = time_out_holds_of(db, books, standing, books.open_wallet(db, standing, unit))
    books.close(db)
    return len(freed)


def time_out_holds_of(db: Session, books: Books, standing: Standing, wallet: Wallet) -> Sequence[HoldRow]:
    """Free the holds of a locked wallet that are due, before anybody asks what can be spent."""
    if not wallet.held:
        return ()
    due = db.scalars(
        select(HoldRow).where(
            HoldRow.tenant_id == standing.tenant_id,
            HoldRow.customer_id == standing.customer_id,
            HoldRow.unit == wallet.unit,
            HoldRow.status == "held",
            HoldRow.expires_at <= books.at,
        )
    ).all()
    for hold in due:
        hold.status, hold.closed_at = "expired", books.at
        books.hold(standing, wallet, -hold.left)
    db.flush()
    return due
