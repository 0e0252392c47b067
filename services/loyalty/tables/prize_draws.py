"""Draws that customers take part in: their terms, entries, chain and picks. Source: docs/rules/draws.md.

The table `draws` is another thing: what burns drew from lots.
"""

from datetime import datetime

from sqlalchemy import BigInteger, CheckConstraint, Identity, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from chassis.data.tables import TenantKey
from kernel.ids import CustomerId
from services.loyalty.tables.base import Base


class PrizeDrawRow(Base):
    """A draw. `terms` is the text that is sealed; `draw` and the times are in it, and here to be found by.

    The chain has `lines` of `entries` in all, and ends with `hash`; what has a position up to `position` is in it.
    What stands up to `ripe_position` can be sealed once every transaction below `ripe_after` is over.
    """

    __tablename__ = "prize_draws"
    __table_args__ = (
        Index("uq_prize_draws_open", "tenant_id", "draw", unique=True, postgresql_where=text("status = 'open'")),
        Index("ix_prize_draws_called", "tenant_id", "draw", "id"),
    )

    tenant_id: Mapped[TenantKey]
    id: Mapped[str] = mapped_column(primary_key=True)
    draw: Mapped[str]
    terms: Mapped[str]
    opens_at: Mapped[datetime]
    closes_at: Mapped[datetime]
    entries_per_customer: Mapped[int | None]
    status: Mapped[str]  # open, closing, closed, drawn; cancelled
    seed: Mapped[bytes]
    commitment: Mapped[bytes]
    beacon: Mapped[str | None]
    lines: Mapped[int]
    entries: Mapped[int]
    hash: Mapped[bytes | None]
    position: Mapped[int]
    ripe_position: Mapped[int]
    ripe_after: Mapped[int | None]
    version: Mapped[int]
    created_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]
    drawn_at: Mapped[datetime | None]
    reason: Mapped[str | None]  # why it was cancelled
    actor: Mapped[str | None]


class DrawEntrantRow(Base):
    """A customer in a draw: the salt that hides them, and how many entries they have; a cache of their sum."""

    __tablename__ = "draw_entrants"
    __table_args__ = (
        CheckConstraint("entries >= 0", name="entries_not_negative"),
        Index("ix_draw_entrants_of", "tenant_id", "customer_id", "draw_id"),
        {"postgresql_with": {"fillfactor": "80"}},
    )

    tenant_id: Mapped[TenantKey]
    draw_id: Mapped[str] = mapped_column(primary_key=True)
    customer_id: Mapped[CustomerId] = mapped_column(primary_key=True)
    salt: Mapped[bytes]
    entries: Mapped[int]


class DrawEntryRow(Base):
    """Entries that a customer got, or that were taken back, below zero. Never updated, never deleted.

    `late` ones came after closing: they change nothing of the list, but say what the purchase is worth by now.
    """

    __tablename__ = "draw_entries"
    __table_args__ = (
        CheckConstraint("entries <> 0", name="entries_not_zero"),
        Index("ix_draw_entries_unsealed", "tenant_id", "draw_id", "position"),
        Index("ix_draw_entries_source", "tenant_id", "source"),
    )

    tenant_id: Mapped[TenantKey]
    position: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    id: Mapped[str]
    draw_id: Mapped[str]
    customer_id: Mapped[CustomerId]
    entries: Mapped[int]
    source: Mapped[str]  # the purchase; the entry itself when the staff gave it
    late: Mapped[bool]
    reason: Mapped[str | None]
    actor: Mapped[str | None]
    recorded_at: Mapped[datetime]


class DrawLineRow(Base):
    """A line of the published list, and its link in the chain. Never updated, never deleted."""

    __tablename__ = "draw_lines"

    tenant_id: Mapped[TenantKey]
    draw_id: Mapped[str] = mapped_column(primary_key=True)
    line: Mapped[int] = mapped_column(primary_key=True)
    position: Mapped[int]
    entrant: Mapped[str]
    entries: Mapped[int]
    hash: Mapped[bytes]


class DrawPickRow(Base):
    """An entry that was picked, whose it is, and the thing it won. `source` is what had brought that entry."""

    __tablename__ = "draw_picks"
    __table_args__ = (Index("ix_draw_picks_of", "tenant_id", "customer_id", "draw_id"),)

    tenant_id: Mapped[TenantKey]
    draw_id: Mapped[str] = mapped_column(primary_key=True)
    pick: Mapped[int] = mapped_column(primary_key=True)
    ticket: Mapped[int]
    tickets_left: Mapped[int]
    entrant: Mapped[str]
    customer_id: Mapped[CustomerId]
    source: Mapped[str]
    nth_of_source: Mapped[int]
    slot: Mapped[int | None]
    status: Mapped[str]  # waiting, won, claimed, handed_over, passed_over
    reason: Mapped[str | None]
    note: Mapped[str | None]
    actor: Mapped[str | None]
    claim_until: Mapped[datetime | None]
    updated_at: Mapped[datetime]
