"""A customer's passes, and who used them."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from kernel.ids import CustomerId, TenantId
from services.loyalty.tables.passes import PassRow, PassUseRow

LAST_ID = "~"


def passes_of(
    db: Session, tenant_id: TenantId, customer_id: CustomerId, *, after: str | None, limit: int
) -> Sequence[PassRow]:
    """The customer's passes, the newest first."""
    return db.scalars(
        select(PassRow)
        .where(PassRow.tenant_id == tenant_id, PassRow.customer_id == customer_id, PassRow.id < (after or LAST_ID))
        .order_by(PassRow.id.desc())
        .limit(limit)
    ).all()


def entries_of(
    db: Session, tenant_id: TenantId, customer_id: CustomerId, *, after: str | None, limit: int
) -> Sequence[PassUseRow]:
    """What left the customer's passes and came back to them, whoever used it, the newest first."""
    return db.scalars(
        select(PassUseRow)
        .join(PassRow, (PassRow.tenant_id == PassUseRow.tenant_id) & (PassRow.id == PassUseRow.pass_id))
        .where(
            PassRow.tenant_id == tenant_id,
            PassRow.customer_id == customer_id,
            PassUseRow.id < (after or LAST_ID),
        )
        .order_by(PassUseRow.id.desc())
        .limit(limit)
    ).all()
