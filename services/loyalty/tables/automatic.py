"""Rewards that are taken by themselves: how far that has come, who waits, who does not want it.

Source: docs/rules/automatic-rewards.md.
"""

from datetime import datetime

from sqlalchemy import Index, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from chassis.data.tables import TenantKey
from kernel.ids import CustomerId
from services.loyalty.tables.base import Base
from services.loyalty.tables.standings import Owner


class AutomaticPlaceRow(Base):
    """How far the job has come with a reward, as its offer was at `version`.

    First it looks at everybody who has enough, in the order of their ids: `after` is the last one, and none once that
    is done. Then it follows the sealed entries of the ledger: up to `position` they are looked at.
    """

    __tablename__ = "automatic_places"

    tenant_id: Mapped[TenantKey]
    reward_id: Mapped[str] = mapped_column(primary_key=True)
    version: Mapped[int]
    after: Mapped[CustomerId | None]
    position: Mapped[int]


class AutomaticWaitRow(Base):
    """A customer who has enough and did not get it, why, and when to look again."""

    __tablename__ = "automatic_waits"
    __table_args__ = (Index("ix_automatic_waits_due", "tenant_id", "reward_id", "look_at"),)

    tenant_id: Mapped[TenantKey]
    customer_id: Mapped[CustomerId] = mapped_column(primary_key=True)
    reward_id: Mapped[str] = mapped_column(primary_key=True)
    why: Mapped[str]  # not_spendable, limit_reached, daily_stop, customer_blocked; unseen until it was looked at
    look_at: Mapped[datetime]


class AutomaticOptOutRow(Base):
    """A customer for whom nothing is to be taken by itself. Who wants it again has no row any more."""

    __tablename__ = "automatic_opt_outs"

    tenant_id: Mapped[TenantKey]
    customer_id: Mapped[CustomerId] = mapped_column(primary_key=True)
    recorded_at: Mapped[datetime]


def look_again(db: Session, owner: Owner, at: datetime) -> None:
    """Have a locked customer who waits looked at soon: units they have can be spent now, and no entry says so."""
    tenant_id, customer_id = owner
    db.execute(
        update(AutomaticWaitRow)
        .where(AutomaticWaitRow.tenant_id == tenant_id, AutomaticWaitRow.customer_id == customer_id)
        .values(look_at=at)
    )
