"""Paid terms, kept as a ledger of time. Source: docs/rules/membership.md."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, Identity, Index, Text, UniqueConstraint, select, text
from sqlalchemy.orm import Mapped, Session, mapped_column

from chassis.data.tables import TenantKey
from kernel.ids import CustomerId, TenantId
from services.loyalty.domain.membership import TimeCause, TimeEntry
from services.loyalty.domain.membership_term import TimeKind
from services.loyalty.tables.base import Base


class MembershipRow(Base):
    """A customer's time on one plan: a cache of its entries."""

    __tablename__ = "memberships"
    __table_args__ = (
        UniqueConstraint("tenant_id", "customer_id", "plan"),
        Index("ix_memberships_ends_on", "tenant_id", "plan", "ends_on"),
    )

    tenant_id: Mapped[TenantKey]
    id: Mapped[str] = mapped_column(primary_key=True)
    customer_id: Mapped[CustomerId]
    plan: Mapped[str]
    # The last day, as far as it is known; the day before the first one when all time was taken back.
    ends_on: Mapped[date]
    frozen_from: Mapped[date | None]  # of the latest freeze
    frozen_until: Mapped[date | None]  # the first day after it; None until it is known
    updated_at: Mapped[datetime]


class MembershipEntryRow(Base):
    """Time added to a membership, paid or given, held still, or taken back. Never updated, never deleted."""

    __tablename__ = "membership_entries"
    __table_args__ = (
        CheckConstraint("kind = 'frozen' OR months <> 0 OR days <> 0 OR price <> 0", name="says_something"),
        Index("ix_membership_entries_of", "tenant_id", "membership_id", "position"),
    )

    tenant_id: Mapped[TenantKey]
    position: Mapped[int] = mapped_column(Identity(always=True), primary_key=True)
    membership_id: Mapped[str]
    kind: Mapped[TimeKind] = mapped_column(Text)
    months: Mapped[int]
    days: Mapped[int] = mapped_column(server_default="0")
    price: Mapped[int] = mapped_column(server_default="0")  # what was paid for it, in minor units
    from_date: Mapped[date]
    until_date: Mapped[date | None]  # None: until it is resumed
    reference: Mapped[str]
    source: Mapped[str | None]  # the purchase or change whose time it is; None: the reference
    cause: Mapped[TimeCause | None] = mapped_column(Text)  # None: a purchase, or a return where below zero
    reason: Mapped[str | None]
    actor: Mapped[str | None]
    recorded_at: Mapped[datetime]


class MembershipNoticeRow(Base):
    """That a customer was told, once, of an end that comes or has come."""

    __tablename__ = "membership_notices"

    tenant_id: Mapped[TenantKey]
    membership_id: Mapped[str] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(primary_key=True)  # renewal_due, lapsed
    ends_on: Mapped[date] = mapped_column(primary_key=True)
    told_at: Mapped[datetime]


class FamilyPlaceRow(Base):
    """A customer's place in the family of a membership; in one family of a plan at a time."""

    __tablename__ = "family_places"
    __table_args__ = (
        Index("ix_family_places_of", "tenant_id", "membership_id"),
        Index(
            "uq_family_places_one",
            "tenant_id",
            "customer_id",
            "plan",
            unique=True,
            postgresql_where=text("left_at IS NULL"),
        ),
    )

    tenant_id: Mapped[TenantKey]
    id: Mapped[str] = mapped_column(primary_key=True)
    membership_id: Mapped[str]
    plan: Mapped[str]
    customer_id: Mapped[CustomerId]
    merge_id: Mapped[str | None]  # the merge of two customers it came by
    actor: Mapped[str]
    joined_at: Mapped[datetime]
    left_at: Mapped[datetime | None]


def read_entry_rows(db: Session, tenant_id: TenantId, membership_id: str) -> list[MembershipEntryRow]:
    """The rows of a membership's entries, in the order they were written."""
    return list(
        db.scalars(
            select(MembershipEntryRow)
            .where(MembershipEntryRow.tenant_id == tenant_id, MembershipEntryRow.membership_id == membership_id)
            .order_by(MembershipEntryRow.position)
        )
    )


def read_time_entries(db: Session, tenant_id: TenantId, membership_id: str) -> tuple[TimeEntry, ...]:
    """The membership's entries, in the order they were written."""
    return tuple(map(time_entry, read_entry_rows(db, tenant_id, membership_id)))


def time_entry(row: MembershipEntryRow) -> TimeEntry:
    """A row as the domain reads it."""
    return TimeEntry(
        kind=row.kind,
        months=row.months,
        days=row.days,
        price=row.price,
        from_date=row.from_date,
        until_date=row.until_date,
        source=row.source or row.reference,
        cause=row.cause or ("return" if row.months < 0 else "purchase"),
    )
