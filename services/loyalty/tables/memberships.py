"""Paid terms, kept as a ledger of time. Source: docs/rules/membership.md."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, Identity, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from chassis.tables import TenantKey
from kernel.ids import CustomerId
from services.loyalty.tables.base import Base


class MembershipRow(Base):
    """A customer's time on one plan: a cache of its entries."""

    __tablename__ = "memberships"
    __table_args__ = (UniqueConstraint("tenant_id", "customer_id", "plan"),)

    tenant_id: Mapped[TenantKey]
    id: Mapped[str] = mapped_column(primary_key=True)
    customer_id: Mapped[CustomerId]
    plan: Mapped[str]
    updated_at: Mapped[datetime]


class MembershipEntryRow(Base):
    """Months added to a membership, paid or given; negative when taken back. Never updated, never deleted."""

    __tablename__ = "membership_entries"
    __table_args__ = (
        CheckConstraint("months <> 0", name="months_not_zero"),
        Index("ix_membership_entries_of", "tenant_id", "membership_id", "position"),
    )

    tenant_id: Mapped[TenantKey]
    position: Mapped[int] = mapped_column(Identity(always=True), primary_key=True)
    membership_id: Mapped[str]
    kind: Mapped[str]  # paid, bonus
    months: Mapped[int]
    from_date: Mapped[date]
    until_date: Mapped[date]
    reference: Mapped[str]
    recorded_at: Mapped[datetime]
