"""Statements sent together, in one round trip, and prepared on the server the first time.

They go to libpq directly: the driver's cursors take 60 to 100 µs for each statement, this five (docs/performance.md).
"""

import re
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from itertools import count
from typing import Any

import psycopg
import sqlalchemy
from psycopg._preparing import PrepareManager
from psycopg.abc import Transformer as Decoder
from psycopg.adapt import Transformer
from psycopg.errors import error_from_result
from psycopg.generators import fetch_many, send
from psycopg.pq import ExecStatus, Format, TransactionStatus
from psycopg.pq.abc import PGconn, PGresult
from sqlalchemy.orm import Session

from chassis.data.binary_arrays import ARRAY_TYPES, Encoded, Values

Row = tuple[Any, ...]
PLACES = re.compile(r"%b::(\w+)(\[\])?")
NUMBERS = count(1)


class Preparations(PrepareManager):
    """The driver's account of what is prepared. When it has the server forget all that, ours is forgotten with it."""

    def __init__(self, ready: set[bytes]) -> None:
        super().__init__()
        self._ready = ready

    def clear(self) -> bool:
        """As the driver's: true where the server is about to forget."""
        forgets = super().clear()
        if forgets:
            self._ready.clear()
        return forgets


class Connection(psycopg.Connection[Row]):
    """The driver's, which also remembers the statements of ours that its server has ready."""

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self.ready: set[bytes] = set()
        self.decoder: Decoder = Transformer(self)
        self._prepared = Preparations(self.ready)


@dataclass(frozen=True, slots=True)
class Statement:
    """A statement as the server is told it: its name there, its text, how each of its parameters is written."""

    name: bytes
    text: bytes
    encoders: tuple[Callable[[Any], bytes], ...]
    formats: tuple[Format, ...]

    def encoded(self, parameters: Values) -> list[bytes | None]:
        """The parameters in binary; what is an array's bytes already stays as it is."""
        return [
            value if value is None or isinstance(value, Encoded) else encode(value)
            for encode, value in zip(self.encoders, parameters, strict=True)
        ]


@cache
def statement_of(text: str) -> Statement:
    """A text with places such as `%b::text` and `%b::bigint[]`. Texts are few, and written once."""
    numbers = count(1)
    numbered = PLACES.sub(lambda place: f"${next(numbers)}::{place[1]}{place[2] or ''}", text)
    encoders = tuple(
        ARRAY_TYPES[kind].array if array else ARRAY_TYPES[kind].single for kind, array in PLACES.findall(text)
    )
    return Statement(b"wafa_%d" % next(NUMBERS), numbered.encode(), encoders, (Format.BINARY,) * len(encoders))


class Answer:
    """What a statement finds, there to be read once its pipeline is over."""

    def __init__(self) -> None:
        self._rows: list[Row] = []

    def fetchall(self) -> list[Row]:
        """Its rows."""
        return self._rows

    def keep(self, decoder: Decoder, result: PGresult) -> None:
        """Take what came."""
        if result.ntuples:
            decoder.set_pgresult(result)
            self._rows = decoder.load_rows(0, result.ntuples, tuple)


class Pipeline:
    """Statements collected, to be sent one after the other without waiting for their answers."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._asked: list[tuple[Statement, list[bytes | None], Answer]] = []
        self._commits = False

    def send(self, statement: str, parameters: Values) -> Answer:
        """Add a statement. Its answer can be read once the pipeline is over."""
        prepared, answer = statement_of(statement), Answer()
        self._asked.append((prepared, prepared.encoded(parameters), answer))
        return answer

    def send_rows(self, statement: str, rows: Sequence[Values]) -> Answer | None:
        """Add a statement whose only places are arrays, one for each column of the rows; none for no rows."""
        return self.send(statement, columns_for(statement, rows)) if rows else None

    def commit(self) -> None:
        """Commit the transaction in the same round trip, once all statements have succeeded."""
        self._commits = True

    def exchange(self) -> None:
        """Send everything and take the answers. Raises the first error; the transaction is then spoilt."""
        if not self._asked:
            return
        connection = self._connection
        new = {
            statement.name: statement.text for statement, *_ in self._asked if statement.name not in connection.ready
        }
        begins = connection.pgconn.transaction_status == TransactionStatus.IDLE
        try:
            results = self._exchange(connection.pgconn, new, begins)
        except BaseException:
            # Nobody knows what was sent and what was not.
            connection.close()
            raise
        for name, result in zip(new, results[begins:], strict=False):
            if result.status == ExecStatus.COMMAND_OK:
                connection.ready.add(name)
        for result in results:
            # Those that came after it were not even tried.
            if result.status == ExecStatus.FATAL_ERROR:
                raise error_from_result(result, connection.info.encoding)
        for (*_, answer), result in zip(self._asked, results[begins + len(new) :], strict=False):
            answer.keep(connection.decoder, result)

    def _exchange(self, server: PGconn, new: Mapping[bytes, bytes], begins: bool) -> list[PGresult]:
        """The results of all commands in turn: the beginning, what is to be made ready, the statements, the commit."""
        server.enter_pipeline_mode()
        if begins:
            server.send_query_params(b"BEGIN", None)
        for name, text in new.items():
            server.send_prepare(name, text)
        for statement, parameters, _answer in self._asked:
            server.send_query_prepared(statement.name, parameters, statement.formats, Format.BINARY)
        if self._commits:
            server.send_query_params(b"COMMIT", None)
        server.pipeline_sync()
        commands = begins + len(new) + len(self._asked) + self._commits
        results: list[PGresult] = self._connection.wait(received(server, commands))
        server.exit_pipeline_mode()
        return results


def received(server: PGconn, commands: int) -> Generator[Any, Any, list[PGresult]]:
    """Everything sent, and the result of each command; for the driver's `wait`."""
    yield from send(server)
    results = []
    for _ in range(commands):
        results += yield from fetch_many(server)
    yield from fetch_many(server)  # the end of the pipeline
    return results


@contextmanager
def pipeline(db: Session | sqlalchemy.Connection) -> Iterator[Pipeline]:
    """One round trip on the session's connection, inside its transaction, when the block ends."""
    connection = (db.connection() if isinstance(db, Session) else db).connection.dbapi_connection
    assert isinstance(connection, Connection)
    sending = Pipeline(connection)
    yield sending
    sending.exchange()


def columns_for(statement: str, rows: Sequence[Values]) -> list[bytes]:
    """Rows as the arrays that a statement has places for, `%b::text[]` and the like, in the order of these."""
    encoders = statement_of(statement).encoders
    columns = zip(*rows, strict=True) if rows else [()] * len(encoders)
    return [encode(column) for encode, column in zip(encoders, columns, strict=True)]
