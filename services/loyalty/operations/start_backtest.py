"""Asking what a version of a program would have given, and thinking better of it. Source: docs/rules/backtest.md."""

from collections.abc import Sequence
from datetime import datetime

from pydantic import TypeAdapter
from sqlalchemy import text
from sqlalchemy.orm import Session

from kernel.ids import TenantId, new_id
from services.loyalty.domain.backtest import Worth
from services.loyalty.domain.refusals.programs import TooManyBacktests
from services.loyalty.queries.backtests import unfinished_backtests
from services.loyalty.queries.programs import find_version
from services.loyalty.tables.backtests import BacktestRow

UNFINISHED_MAX = 3
WORTHS: TypeAdapter[tuple[Worth, ...]] = TypeAdapter(tuple[Worth, ...])
# Two who ask at once take turns: so nobody has more at a time than the limit.
TAKE_TURNS = text("SELECT pg_advisory_xact_lock(hashtextextended('backtest ' || :tenant_id, 0))")


def start_backtest(
    db: Session,
    tenant_id: TenantId,
    program_id: str,
    number: int,
    *,
    since: datetime,
    until: datetime,
    store_id: str | None,
    worths: Sequence[Worth],
    at: datetime,
) -> BacktestRow:
    """Have a version played over the purchases from `since` until just before `until` that are recorded by now.

    With a store only its purchases are counted; all are played, for what a customer has comes from all of them.
    Raises VersionUnknown and TooManyBacktests.
    """
    db.execute(TAKE_TURNS, {"tenant_id": tenant_id})
    find_version(db, tenant_id, program_id, number)
    if len(unfinished_backtests(db, tenant_id)) >= UNFINISHED_MAX:
        raise TooManyBacktests(limit=UNFINISHED_MAX)
    backtest = BacktestRow(
        tenant_id=tenant_id,
        id=new_id("bkt"),
        program_id=program_id,
        version=number,
        status="queued",
        since=since,
        until=until,
        store_id=store_id,
        worths=WORTHS.dump_json(tuple(worths)).decode(),
        purchases=None,
        result=None,
        created_at=at,
        finished_at=None,
    )
    db.add(backtest)
    db.flush()
    return backtest
