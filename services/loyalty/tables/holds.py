"""Units set aside at checkout."""

from datetime import datetime

from sqlalchemy import CheckConstraint, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from chassis.data.tables import TenantKey
from kernel.ids import CustomerId
from kernel.points import Points
from services.loyalty.tables.base import Base


class HoldRow(Base):
    """Units set aside until captured, released, or timed out: exactly one of the three.

    What an offline allowance set aside is captured bit by bit; the rest stays held.
    """

    __tablename__ = "holds"
    __table_args__ = (
        CheckConstraint("amount > 0", name="amount_positive"),
        CheckConstraint("captured BETWEEN 0 AND amount", name="captured_within_amount"),
        Index("ix_holds_open", "tenant_id", "customer_id", "unit", postgresql_where=text("status = 'held'")),
    )

    tenant_id: Mapped[TenantKey]
    id: Mapped[str] = mapped_column(primary_key=True)
    customer_id: Mapped[CustomerId]
    unit: Mapped[str]
    amount: Mapped[Points]
    captured: Mapped[Points] = mapped_column(server_default="0")
    status: Mapped[str]  # held, captured, released, expired
    reference: Mapped[str | None]
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]

    @property
    def left(self) -> int:
        """What of it is still set aside while it is held."""
        return self.amount - self.captured
