"""Passes of so many entries. Source: docs/rules/passes.md."""

from datetime import datetime

from sqlalchemy import CheckConstraint, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from chassis.data.tables import TenantKey
from kernel.ids import CustomerId
from services.loyalty.tables.base import Base


class PassRow(Base):
    """A pass: `entries` of a plan, of which `entries_left` is a cache of what its uses say."""

    __tablename__ = "passes"
    __table_args__ = (
        CheckConstraint("entries_left BETWEEN 0 AND entries", name="entries_left_within_entries"),
        Index("ix_passes_of", "tenant_id", "customer_id", "plan"),
        Index("ix_passes_source", "tenant_id", "source"),
        {"postgresql_with": {"fillfactor": "80"}},
    )

    tenant_id: Mapped[TenantKey]
    id: Mapped[str] = mapped_column(primary_key=True)
    customer_id: Mapped[CustomerId]
    plan: Mapped[str]
    source: Mapped[str]  # the purchase that brought it
    entries: Mapped[int]
    entries_left: Mapped[int]
    status: Mapped[str]  # issued; revoked when its purchase came back
    issued_at: Mapped[datetime]
    valid_until: Mapped[datetime | None]


class PassUseRow(Base):
    """Entries that left a pass, below zero, or came back to it. Never updated, never deleted."""

    __tablename__ = "pass_uses"
    __table_args__ = (
        CheckConstraint("entries <> 0", name="entries_not_zero"),
        Index("ix_pass_uses_of", "tenant_id", "pass_id"),
        Index(
            "uq_pass_uses_gives_back",
            "tenant_id",
            "gives_back",
            unique=True,
            postgresql_where=text("gives_back IS NOT NULL"),
        ),
    )

    tenant_id: Mapped[TenantKey]
    id: Mapped[str] = mapped_column(primary_key=True)
    pass_id: Mapped[str]
    kind: Mapped[str]  # used, given_back, revoked
    entries: Mapped[int]
    entries_left: Mapped[int]  # after it
    gives_back: Mapped[str | None]  # the use that is undone
    reference: Mapped[str | None]  # the caller's: a class, a visit
    used_by: Mapped[CustomerId | None]  # the pass's own customer, or one of their family
    reason: Mapped[str | None]
    actor: Mapped[str | None]
    recorded_at: Mapped[datetime]
