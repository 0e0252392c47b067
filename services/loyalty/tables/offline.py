"""What tills without a connection may take, and what they took beyond it. Source: docs/rules/offline.md."""

from datetime import datetime

from sqlalchemy import CheckConstraint, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from chassis.data.tables import TenantKey
from kernel.ids import CustomerId
from kernel.points import Points
from services.loyalty.domain.allowance import Allowance
from services.loyalty.tables.base import Base


class OfflineAllowanceRow(Base):
    """Units set aside by a hold, for tills that cannot ask. The token itself is not kept."""

    __tablename__ = "offline_allowances"
    __table_args__ = (
        CheckConstraint("units > 0 AND worth > 0", name="worth_something"),
        CheckConstraint("taken BETWEEN 0 AND units", name="taken_within_units"),
        CheckConstraint("spent BETWEEN 0 AND worth", name="spent_within_worth"),
    )

    tenant_id: Mapped[TenantKey]
    id: Mapped[str] = mapped_column(primary_key=True)
    hold_id: Mapped[str]
    customer_id: Mapped[CustomerId]
    unit: Mapped[str]
    units: Mapped[Points]
    taken: Mapped[Points] = mapped_column(server_default="0")  # units that sales burned
    currency: Mapped[str]
    worth: Mapped[int]  # minor units that all of them pay for
    spent: Mapped[int] = mapped_column(server_default="0")  # minor units that they paid for
    token_hash: Mapped[bytes]
    valid_from: Mapped[datetime]
    valid_until: Mapped[datetime]

    @property
    def promise(self) -> Allowance:
        """What the token says."""
        return Allowance(
            tenant_id=self.tenant_id,
            customer_id=self.customer_id,
            id=self.id,
            unit=self.unit,
            units=self.units,
            currency=self.currency,
            worth=self.worth,
            valid_from=self.valid_from,
            valid_until=self.valid_until,
        )


class OfflineConflictRow(Base):
    """What a till gave on an allowance that did not cover it: nobody has paid for it until it is settled."""

    __tablename__ = "offline_conflicts"
    __table_args__ = (
        CheckConstraint("amount > 0", name="amount_positive"),
        Index("ix_offline_conflicts_open", "tenant_id", "id", postgresql_where=text("resolution IS NULL")),
    )

    tenant_id: Mapped[TenantKey]
    id: Mapped[str] = mapped_column(primary_key=True)
    allowance_id: Mapped[str]
    customer_id: Mapped[CustomerId]
    purchase_id: Mapped[str]
    store_id: Mapped[str]
    till_id: Mapped[str | None]
    unit: Mapped[str]
    units: Mapped[Points]  # that would have paid for it
    currency: Mapped[str]
    amount: Mapped[int]  # minor units that nobody paid
    reason: Mapped[str]
    found_at: Mapped[datetime]
    resolution: Mapped[str | None]  # write_off, debt, collected; none while it is open
    note: Mapped[str | None]
    actor: Mapped[str | None]
    resolved_at: Mapped[datetime | None]
