"""A wallet's entries, the newest first, each with the balance after it."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from kernel.ids import CustomerId, TenantId
from services.loyalty.tables.ledger import EntryRow

LATEST = 2**62


def statement_of(
    db: Session, tenant_id: TenantId, customer_id: CustomerId, unit: str, *, after: str | None, limit: int
) -> Sequence[EntryRow]:
    """A page of the customer's own lines. The other side of each is the house's and not shown."""
    return db.scalars(
        select(EntryRow)
        .where(
            EntryRow.tenant_id == tenant_id,
            EntryRow.customer_id == customer_id,
            EntryRow.unit == unit,
            EntryRow.wallet == "customer",
            EntryRow.position < (int(after) if after else LATEST),
        )
        .order_by(EntryRow.position.desc())
        .limit(limit)
    ).all()
