"""Messages: what each customer was told, and how its e-mail fared."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, Index, UniqueConstraint, select, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, Session, mapped_column

from chassis.data.tables import TenantKey
from kernel.ids import CustomerId, TenantId
from services.notifications.domain.message import State
from services.notifications.domain.refusals import MessageMissing
from services.notifications.tables.base import Base

STATES = ", ".join(f"'{state}'" for state in State)


class MessageRow(Base):
    """One message to one customer: facts without names or addresses, put into words when read or sent.

    The id follows from the event's, so that rebuilding from events finds the same messages.
    """

    __tablename__ = "messages"
    __table_args__ = (
        UniqueConstraint("tenant_id", "event_id", "kind"),
        CheckConstraint(f"state IN ({STATES})", name="state_known"),
        CheckConstraint("(state = 'queued') = (due_at IS NOT NULL)", name="queued_is_due"),
        CheckConstraint("state <> 'sending' OR claimed_at IS NOT NULL", name="sending_is_claimed"),
        Index("ix_messages_inbox", "tenant_id", "customer_id", "id"),
        Index("ix_messages_due", "tenant_id", "due_at", postgresql_where=text("state = 'queued'")),
        Index("ix_messages_sending", "tenant_id", "claimed_at", postgresql_where=text("state = 'sending'")),
    )

    tenant_id: Mapped[TenantKey]
    id: Mapped[str] = mapped_column(primary_key=True)
    event_id: Mapped[str]
    customer_id: Mapped[CustomerId]
    kind: Mapped[str]  # a Kind; new ones come without a migration
    parts: Mapped[list[dict[str, Any]]] = mapped_column(JSONB)
    occurred_at: Mapped[datetime]  # the event
    created_at: Mapped[datetime]
    state: Mapped[str]
    reason: Mapped[str | None]
    tries: Mapped[int] = mapped_column(server_default="0")
    due_at: Mapped[datetime | None]
    claimed_at: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]
    read_at: Mapped[datetime | None]


def lock_due(db: Session, tenant_id: TenantId, at: datetime, limit: int) -> Sequence[MessageRow]:
    """The messages that have been due for longest and that no other sender holds."""
    return db.scalars(
        select(MessageRow)
        .where(MessageRow.tenant_id == tenant_id, MessageRow.state == State.QUEUED, MessageRow.due_at <= at)
        .order_by(MessageRow.due_at, MessageRow.id)
        .limit(limit)
        .with_for_update(skip_locked=True)
    ).all()


def lock_message(db: Session, tenant_id: TenantId, message_id: str) -> MessageRow:
    """The message, which nobody else changes until the transaction ends."""
    return db.get_one(MessageRow, (tenant_id, message_id), with_for_update=True)


def lock_customers_message(db: Session, tenant_id: TenantId, customer_id: CustomerId, message_id: str) -> MessageRow:
    """The same for a message of that customer. Raises MessageMissing when the customer has none by that id."""
    message = db.get(MessageRow, (tenant_id, message_id), with_for_update=True)
    if message is None or message.customer_id != customer_id:
        raise MessageMissing(message_id=message_id)
    return message
