"""Having a backtest played no further. Source: docs/rules/backtest.md."""

from datetime import datetime

from sqlalchemy.orm import Session

from kernel.ids import TenantId
from services.loyalty.domain.refusals.programs import BacktestFinished
from services.loyalty.queries.backtests import UNFINISHED, find_backtest
from services.loyalty.tables.backtests import BacktestRow


def cancel_backtest(db: Session, tenant_id: TenantId, backtest_id: str, *, at: datetime) -> BacktestRow:
    """Have it played no further. Again changes nothing. Raises BacktestUnknown, and BacktestFinished when it is."""
    backtest = find_backtest(db, tenant_id, backtest_id, lock=True)
    if backtest.status in UNFINISHED:
        backtest.status, backtest.finished_at = "cancelled", at
        db.flush()
    elif backtest.status != "cancelled":
        raise BacktestFinished(status=backtest.status)
    return backtest
