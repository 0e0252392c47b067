"""Between the doors and `record_purchases`: transactions, and what to do when one fails."""

from collections.abc import Sequence

from fastapi import FastAPI
from psycopg.errors import DeadlockDetected, UniqueViolation

from chassis.data.database import Database
from chassis.web.batcher import Batcher
from kernel.clock import utc_now
from services.loyalty.operations.record_purchases import Outcome, Sale, SpoiltBatch, record_purchases

TRIES = 3


class Till:
    """Takes sales one by one and records those that come together in one transaction."""

    def __init__(self, app: FastAPI) -> None:
        self._app = app
        self._batcher: Batcher[Sale, Outcome] = Batcher(self._record)

    async def record(self, sale: Sale) -> Outcome:
        """What became of the sale."""
        return await self._batcher.submit(sale)

    def _record(self, sales: Sequence[Sale]) -> list[Outcome]:
        database: Database = self._app.state.database
        return record_one(database, sales[0]) if len(sales) == 1 else record_together(database, sales)


def record_together(database: Database, sales: Sequence[Sale]) -> list[Outcome]:
    """Record sales in one transaction. Raises what spoils it; then none of them is recorded."""
    with database.blind_transaction() as db:
        return record_purchases(db, sales, at=utc_now())


def record_one(database: Database, sale: Sale) -> list[Outcome]:
    """Record a sale by itself. Where another process was faster with the same receipt, that one's result is found."""
    for _ in range(TRIES - 1):
        try:
            return record_together(database, [sale])
        except (UniqueViolation, DeadlockDetected):
            continue
    return record_together(database, [sale])


def record_each(database: Database, sales: Sequence[Sale]) -> list[Outcome]:
    """Record sales in one transaction; where one of them spoils it, one by one."""
    if not sales:
        return []
    try:
        return record_together(database, sales)
    except (SpoiltBatch, UniqueViolation, DeadlockDetected):
        return [outcome for sale in sales for outcome in record_one(database, sale)]
