"""A customer's messages."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from kernel.ids import CustomerId, TenantId
from services.notifications.tables import MessageRow


def messages_of(
    db: Session, tenant_id: TenantId, customer_id: CustomerId, *, before: str | None, count: int
) -> Sequence[MessageRow]:
    """Up to `count` messages, newest first: those after the message `before` in that order."""
    wanted = select(MessageRow).where(MessageRow.tenant_id == tenant_id, MessageRow.customer_id == customer_id)
    if before is not None:
        wanted = wanted.where(MessageRow.id < before)
    return db.scalars(wanted.order_by(MessageRow.id.desc()).limit(count)).all()
