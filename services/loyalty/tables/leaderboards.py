"""Leaderboards: their terms, who is on them, and the rounds that are over. Source: docs/rules/leaderboards.md."""

from datetime import date, datetime

from sqlalchemy import Index
from sqlalchemy.orm import Mapped, mapped_column

from chassis.data.tables import TenantKey
from kernel.ids import CustomerId
from services.loyalty.tables.base import Base


class LeaderboardRow(Base):
    """A leaderboard, and its round of now, whose moments are in UTC: it is settled from `settles_at` on.

    What it counts, and by which clock, stays as it was when it was made.
    """

    __tablename__ = "leaderboards"
    __table_args__ = (Index("ix_leaderboards_due", "tenant_id", "status", "settles_at"),)

    tenant_id: Mapped[TenantKey]
    id: Mapped[str] = mapped_column(primary_key=True)
    terms: Mapped[str]
    time_zone: Mapped[str]
    unit: Mapped[str]
    currency: Mapped[str]
    status: Mapped[str]  # running, last_round, over
    round_starts_on: Mapped[date]
    round_ends_on: Mapped[date]
    settles_at: Mapped[datetime]
    created_at: Mapped[datetime]


class LeaderboardMemberRow(Base):
    """A customer who wants to be on a leaderboard. Who leaves has no row any more."""

    __tablename__ = "leaderboard_members"
    __table_args__ = (Index("ix_leaderboard_members_of", "tenant_id", "customer_id"),)

    tenant_id: Mapped[TenantKey]
    leaderboard_id: Mapped[str] = mapped_column(primary_key=True)
    customer_id: Mapped[CustomerId] = mapped_column(primary_key=True)
    joined_at: Mapped[datetime]


class LeaderboardRoundRow(Base):
    """A round that is settled. The key says that it is settled once."""

    __tablename__ = "leaderboard_rounds"

    tenant_id: Mapped[TenantKey]
    leaderboard_id: Mapped[str] = mapped_column(primary_key=True)
    starts_on: Mapped[date] = mapped_column(primary_key=True)
    id: Mapped[str]
    ends_on: Mapped[date]
    listed: Mapped[int]
    settled_at: Mapped[datetime]


class LeaderboardPlaceRow(Base):
    """Where a customer ended in a round. `prize` is its place in the terms' list, counted from zero."""

    __tablename__ = "leaderboard_places"
    __table_args__ = (Index("ix_leaderboard_places_due", "tenant_id", "status", "customer_id"),)

    tenant_id: Mapped[TenantKey]
    round_id: Mapped[str] = mapped_column(primary_key=True)
    customer_id: Mapped[CustomerId] = mapped_column(primary_key=True)
    leaderboard_id: Mapped[str]
    place: Mapped[int]
    amount: Mapped[int]
    prize: Mapped[int | None]
    status: Mapped[str]  # none, due, given, passed_over
