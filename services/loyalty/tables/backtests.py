"""Backtests, and the parts they are worked on in."""

from datetime import datetime

from sqlalchemy import Index, text
from sqlalchemy.orm import Mapped, mapped_column

from chassis.data.tables import TenantKey
from services.loyalty.tables.base import Base


class BacktestRow(Base):
    """A version of a program to be played over the purchases of a period. `worths` and `result` are JSON.

    `purchases` is how many there are to play; none until that is known.
    """

    __tablename__ = "backtests"
    __table_args__ = (
        Index(
            "ix_backtests_unfinished",
            "tenant_id",
            "id",
            postgresql_where=text("status IN ('queued', 'running')"),
        ),
    )

    tenant_id: Mapped[TenantKey]
    id: Mapped[str] = mapped_column(primary_key=True)
    program_id: Mapped[str]
    version: Mapped[int]
    status: Mapped[str]  # queued, running, done, cancelled, failed
    since: Mapped[datetime]
    until: Mapped[datetime]
    store_id: Mapped[str | None]
    worths: Mapped[str]
    purchases: Mapped[int | None]
    result: Mapped[str | None]
    created_at: Mapped[datetime]
    finished_at: Mapped[datetime | None]


class BacktestSliceRow(Base):
    """Some customers of a backtest, or some sales to nobody, both ends included. It has a result once it was played.

    Who plays it holds its row: a process that dies gives it back.
    """

    __tablename__ = "backtest_slices"

    tenant_id: Mapped[TenantKey]
    backtest_id: Mapped[str] = mapped_column(primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str]  # customers, walk_ins
    first: Mapped[str]  # a customer's id, or a purchase's
    last: Mapped[str]
    purchases: Mapped[int]
    result: Mapped[str | None]
