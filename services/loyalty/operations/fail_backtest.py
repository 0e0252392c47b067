"""Giving a backtest up. Source: docs/rules/backtest.md."""

from datetime import datetime

from sqlalchemy.orm import Session

from kernel.ids import TenantId
from services.loyalty.queries.backtests import find_backtest


def fail_backtest(db: Session, tenant_id: TenantId, backtest_id: str, *, at: datetime) -> None:
    """Give a backtest up: playing it again would fail again."""
    backtest = find_backtest(db, tenant_id, backtest_id, lock=True)
    if backtest.status in ("queued", "running"):
        backtest.status, backtest.finished_at = "failed", at
        db.flush()
