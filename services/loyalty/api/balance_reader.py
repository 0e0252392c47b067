"""Between the door and `read_balances`: many connections' questions in one round trip."""

from collections.abc import Sequence

from fastapi import FastAPI
from psycopg import Error as DriverError
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from chassis.data.database import Database
from chassis.web.batcher import Batcher
from chassis.web.problem_responses import is_passing
from kernel.clock import utc_now
from services.loyalty.queries.balances import BalanceAsked, BalanceRead, read_balances


class BalanceReader:
    """Reads together what is asked for at the same time.

    What is asked while a reading is under way is read by the next one: no answer is older than its question.
    """

    def __init__(self, app: FastAPI) -> None:
        self._app = app
        self._batcher: Batcher[BalanceAsked, BalanceRead | None] = Batcher(self._read)

    async def read(self, asked: BalanceAsked) -> BalanceRead | None:
        """The balance; None for a customer of whom loyalty has not heard, and while the database does not answer."""
        return await self._batcher.submit(asked)

    def _read(self, asked: Sequence[BalanceAsked]) -> list[BalanceRead | None]:
        database: Database = self._app.state.database
        try:
            with database.blind_transaction() as db:
                return read_balances(db, asked, at=utc_now())
        except (DBAPIError, PoolTimeout, DriverError) as error:
            # What stops one stops all: asking again one by one would only make everybody wait in turn.
            if not is_passing(error):
                raise
            return [None] * len(asked)
