"""Tables as the rows that are written into them, set by set."""

from collections.abc import Mapping, Sequence

from chassis.data.binary_arrays import Values
from chassis.data.pipelines import Pipeline


class RowSet:
    """Rows for one table, given as columns and their types. `after` is what follows the insert: a conflict clause."""

    def __init__(self, table: str, columns: Mapping[str, str], after: str = "") -> None:
        names = ", ".join(columns)
        arrays = places(columns)
        self.statement = f"INSERT INTO {table} ({names}) SELECT * FROM unnest({arrays}) {after}"  # noqa: S608 - no value is part of it

    def insert(self, pipeline: Pipeline, rows: Sequence[Values]) -> None:
        """Insert the rows; nothing is sent when there are none."""
        pipeline.send_rows(self.statement, rows)


def places(columns: Mapping[str, str]) -> str:
    """The places for columns of those types, in a statement."""
    return ", ".join(f"%b::{kind}[]" for kind in columns.values())
