"""Instant wins, and the plays that customers were given. Source: docs/rules/instant-win.md."""

from datetime import datetime

from sqlalchemy import CheckConstraint, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from chassis.data.tables import TenantKey
from kernel.ids import CustomerId
from services.loyalty.tables.base import Base


class InstantWinRow(Base):
    """An instant win. `terms` is the text that was announced; what else of it stands here is to be found by.

    So many plays drew a prize as there were `turns`.
    """

    __tablename__ = "instant_wins"
    __table_args__ = (
        Index(
            "uq_instant_wins_open", "tenant_id", "instant_win", unique=True, postgresql_where=text("status = 'open'")
        ),
        Index("ix_instant_wins_called", "tenant_id", "instant_win", "id"),
    )

    tenant_id: Mapped[TenantKey]
    id: Mapped[str] = mapped_column(primary_key=True)
    instant_win: Mapped[str]
    terms: Mapped[str]
    opens_at: Mapped[datetime]
    closes_at: Mapped[datetime]
    play_days: Mapped[int | None]
    status: Mapped[str]  # open, ended; stopped
    secret: Mapped[bytes]
    commitment: Mapped[bytes]
    turns: Mapped[int]
    version: Mapped[int]
    created_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    reason: Mapped[str | None]  # why it was stopped
    actor: Mapped[str | None]


class InstantPrizeRow(Base):
    """How many of a prize were won."""

    __tablename__ = "instant_prizes"
    __table_args__ = (CheckConstraint("won >= 0", name="won_not_negative"),)

    tenant_id: Mapped[TenantKey]
    instant_win_id: Mapped[str] = mapped_column(primary_key=True)
    prize: Mapped[int] = mapped_column(primary_key=True)
    won: Mapped[int]


class PlayRow(Base):
    """A play of an instant win. Played, it has an outcome, and where it drew a prize, that and its turn.

    One that was taken back with its purchase keeps what it drew.
    """

    __tablename__ = "plays"
    __table_args__ = (
        CheckConstraint("(played_at IS NULL) = (outcome IS NULL)", name="played_has_outcome"),
        CheckConstraint("(prize IS NULL) = (turn IS NULL)", name="prize_has_turn"),
        Index("ix_plays_of", "tenant_id", "customer_id", "id"),
        Index("ix_plays_source", "tenant_id", "source"),
        Index("ix_plays_in", "tenant_id", "instant_win_id", "id"),
        Index("ix_plays_won", "tenant_id", "instant_win_id", "customer_id", postgresql_where=text("outcome = 'won'")),
    )

    tenant_id: Mapped[TenantKey]
    id: Mapped[str] = mapped_column(primary_key=True)
    instant_win_id: Mapped[str]
    customer_id: Mapped[CustomerId]
    source: Mapped[str]  # the purchase; the play itself when the staff gave it
    reason: Mapped[str | None]
    actor: Mapped[str | None]
    given_at: Mapped[datetime]
    valid_until: Mapped[datetime]
    played_at: Mapped[datetime | None]
    prize: Mapped[int | None]
    turn: Mapped[int | None]
    outcome: Mapped[str | None]
    taken_back_at: Mapped[datetime | None]
    handed_over_at: Mapped[datetime | None]
    handed_over_by: Mapped[str | None]
