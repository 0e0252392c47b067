"""Finding backtests, and how far they are."""

from collections.abc import Mapping, Sequence

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from kernel.ids import TenantId
from services.loyalty.domain.refusals.programs import BacktestUnknown
from services.loyalty.tables.backtests import BacktestRow, BacktestSliceRow

UNFINISHED = ("queued", "running")
LAST_ID = "~"


def find_backtest(db: Session, tenant_id: TenantId, backtest_id: str, *, lock: bool = False) -> BacktestRow:
    """A backtest; `lock` keeps others from changing it. Raises BacktestUnknown."""
    wanted = select(BacktestRow).where(BacktestRow.tenant_id == tenant_id, BacktestRow.id == backtest_id)
    backtest = db.scalar(wanted.with_for_update() if lock else wanted)
    if backtest is None:
        raise BacktestUnknown
    return backtest


def backtests_of(db: Session, tenant_id: TenantId, *, after: str | None, limit: int) -> Sequence[BacktestRow]:
    """The tenant's backtests, the newest first."""
    return db.scalars(
        select(BacktestRow)
        .where(BacktestRow.tenant_id == tenant_id, BacktestRow.id < (after or LAST_ID))
        .order_by(BacktestRow.id.desc())
        .limit(limit)
    ).all()


def unfinished_backtests(db: Session, tenant_id: TenantId) -> Sequence[str]:
    """The ids of those that are to be worked on, the oldest first."""
    return db.scalars(
        select(BacktestRow.id)
        .where(BacktestRow.tenant_id == tenant_id, BacktestRow.status.in_(UNFINISHED))
        .order_by(BacktestRow.id)
    ).all()


def purchases_played(db: Session, tenant_id: TenantId, backtest_ids: Sequence[str]) -> Mapping[str, int]:
    """How many purchases of each have been played."""
    rows = db.execute(
        select(BacktestSliceRow.backtest_id, func.sum(BacktestSliceRow.purchases))
        .where(
            BacktestSliceRow.tenant_id == tenant_id,
            BacktestSliceRow.backtest_id.in_(backtest_ids),
            BacktestSliceRow.result.is_not(None),
        )
        .group_by(BacktestSliceRow.backtest_id)
    )
    return {backtest_id: int(played) for backtest_id, played in rows}
