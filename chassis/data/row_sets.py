"""Set-based reading and writing in as few round trips as possible: arrays in binary, statements in one pipeline.

Source: docs/performance.md (an array in binary costs a fifth of the same array as text).
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cache
from typing import Any

from psycopg import Connection, Cursor
from sqlalchemy.orm import Session

from chassis.data.binary_arrays import ARRAY_TYPES, ArrayType, Encoded

Values = Sequence[Any]
ARRAYS = re.compile(r"%b::(\w+)\[\]")


class RowSet:
    """Rows for one table, given as columns and their types. `after` is what follows the insert: a conflict clause."""

    def __init__(self, table: str, columns: Mapping[str, str], after: str = "") -> None:
        names = ", ".join(columns)
        arrays = places(columns)
        self.statement = f"INSERT INTO {table} ({names}) SELECT * FROM unnest({arrays}) {after}"  # noqa: S608 - no value is part of it

    def insert(self, pipeline: "Pipeline", rows: Sequence[Values]) -> None:
        """Insert the rows; nothing is sent when there are none."""
        pipeline.send_rows(self.statement, rows)


class Pipeline:
    """Statements sent one after the other without waiting for their answers."""

    def __init__(self, connection: Connection[Any]) -> None:
        self._connection = connection

    def send(self, statement: str, parameters: Values) -> Cursor[Any]:
        """Queue a statement, prepared on its first use. Its rows can be fetched once the pipeline is over."""
        return self._connection.cursor(binary=True).execute(statement, parameters, prepare=True)

    def send_rows(self, statement: str, rows: Sequence[Values]) -> Cursor[Any] | None:
        """Queue a statement whose only places are arrays, one for each column of the rows; none for no rows."""
        return self.send(statement, columns_for(statement, rows)) if rows else None


@contextmanager
def pipeline(db: Session) -> Iterator[Pipeline]:
    """One round trip on the session's connection, inside its transaction. Errors are raised when it ends."""
    connection = db.connection().connection.driver_connection
    assert isinstance(connection, Connection)
    with connection.pipeline():
        yield Pipeline(connection)


def places(columns: Mapping[str, str]) -> str:
    """The places for columns of those types, in a statement."""
    return ", ".join(f"%b::{kind}[]" for kind in columns.values())


def columns_for(statement: str, rows: Sequence[Values]) -> list[Encoded]:
    """Rows as the arrays that a statement has places for, `%b::text[]` and the like, in the order of these."""
    types = array_types(statement)
    columns = zip(*rows, strict=True) if rows else [()] * len(types)
    return [of.array(column) for of, column in zip(types, columns, strict=True)]


@cache
def array_types(statement: str) -> tuple[ArrayType, ...]:
    """The types of a statement's arrays. Statements are few, and written once."""
    return tuple(ARRAY_TYPES[kind] for kind in ARRAYS.findall(statement))
