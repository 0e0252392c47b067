"""Set-based reading and writing in as few round trips as possible: arrays in binary, statements in one pipeline.

Source: docs/performance.md (an array in binary costs a fifth of the same array as text).
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from psycopg import Connection, Cursor
from sqlalchemy.orm import Session

Values = Sequence[Any]


class RowSet:
    """Rows for one table, given as columns and their types. `after` is what follows the insert: a conflict clause."""

    def __init__(self, table: str, columns: Mapping[str, str], after: str = "") -> None:
        names = ", ".join(columns)
        arrays = ", ".join(f"%b::{kind}[]" for kind in columns.values())
        self.statement = f"INSERT INTO {table} ({names}) SELECT * FROM unnest({arrays}) {after}"  # noqa: S608 - no value is part of it

    def insert(self, pipeline: "Pipeline", rows: Sequence[Values]) -> None:
        """Insert the rows; nothing is sent when there are none."""
        if rows:
            pipeline.send(self.statement, columns_of(rows))


class Pipeline:
    """Statements sent one after the other without waiting for their answers."""

    def __init__(self, connection: Connection[Any]) -> None:
        self._connection = connection

    def send(self, statement: str, parameters: Values) -> Cursor[Any]:
        """Queue a statement, prepared on its first use. Its rows can be fetched once the pipeline is over."""
        return self._connection.cursor(binary=True).execute(statement, parameters, prepare=True)


@contextmanager
def pipeline(db: Session) -> Iterator[Pipeline]:
    """One round trip on the session's connection, inside its transaction. Errors are raised when it ends."""
    connection = db.connection().connection.driver_connection
    assert isinstance(connection, Connection)
    with connection.pipeline():
        yield Pipeline(connection)


def columns_of(rows: Sequence[Values]) -> list[list[Any]]:
    """Rows turned into columns."""
    return [list(column) for column in zip(*rows, strict=True)]
