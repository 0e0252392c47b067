"""Paid terms, kept as a ledger of time. Source: docs/rules/membership.md."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from sqlalchemy import CheckConstraint, Identity, Index, Text, UniqueConstraint, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from chassis.tables import TenantKey
from kernel.ids import CustomerId, TenantId
from services.loyalty.domain.membership import TimeEntry, TimeKind, membership_view
from services.loyalty.tables.base import Base


class MembershipRow(Base):
    """A customer's time on one plan: a cache of its entries."""

    __tablename__ = "memberships"
    __table_args__ = (UniqueConstraint("tenant_id", "customer_id", "plan"),)

    tenant_id: Mapped[TenantKey]
    id: Mapped[str] = mapped_column(primary_key=True)
    customer_id: Mapped[CustomerId]
    plan: Mapped[str]
    ends_on: Mapped[date]  # the last day; before the first one when all time was taken back
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
    kind: Mapped[TimeKind] = mapped_column(Text)
    months: Mapped[int]
    from_date: Mapped[date]
    until_date: Mapped[date]
    reference: Mapped[str]
    recorded_at: Mapped[datetime]


def read_time_entries(db: Session, tenant_id: TenantId, membership_id: str) -> tuple[TimeEntry, ...]:
    """The membership's entries, in the order they were written."""
    rows = db.scalars(
        select(MembershipEntryRow)
        .where(MembershipEntryRow.tenant_id == tenant_id, MembershipEntryRow.membership_id == membership_id)
        .order_by(MembershipEntryRow.position)
    )
    return tuple(
        TimeEntry(kind=row.kind, months=row.months, from_date=row.from_date, until_date=row.until_date) for row in rows
    )


def last_day(entries: Sequence[TimeEntry]) -> date:
    """The last day the entries come to; the day before the first one when all of their time was taken back."""
    view = membership_view(entries)
    return view.ends_on if view else entries[0].from_date - timedelta(days=1)
