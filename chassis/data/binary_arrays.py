"""Values, and columns of them, as PostgreSQL's binary arrays, made in one go.

The driver makes the same bytes value by value, at several times the cost (docs/performance.md). The form: how many
dimensions (1), whether there are nulls, the type of the elements, how many there are, the number of the first (1); then
each element's length in bytes, -1 for a null, and its bytes. Source: PostgreSQL, src/backend/utils/adt/arrayfuncs.c.
"""

from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, timedelta
from struct import Struct
from typing import Any

HEAD = Struct(">iiIii")
EMPTY = Struct(">iiI")
LENGTH = Struct(">i").pack
WHOLE = Struct(">iq").pack
DAY = Struct(">ii").pack
NULL = LENGTH(-1)
TRUE, FALSE = LENGTH(1) + b"\x01", LENGTH(1) + b"\x00"
# PostgreSQL's year zero.
EPOCH = datetime(2000, 1, 1, tzinfo=UTC)
EPOCH_DAY = date(2000, 1, 1).toordinal()
MICROSECOND = timedelta(microseconds=1)


Values = Sequence[Any]


class Encoded(bytes):
    """An array's bytes."""


# Each of these writes a column's elements, some of them null. A call of ours for each element would cost more than what
# it does.


def texts(values: Values) -> list[bytes]:
    """Texts; also what holds JSON."""
    return [NULL if value is None else LENGTH(len(said := value.encode())) + said for value in values]


def raws(values: Values) -> list[bytes]:
    """Bytes as they are."""
    return [NULL if value is None else LENGTH(len(value)) + value for value in values]


def wholes(values: Values) -> list[bytes]:
    """Bigints."""
    return [NULL if value is None else WHOLE(8, value) for value in values]


def moments(values: Values) -> list[bytes]:
    """Moments, in microseconds."""
    return [NULL if value is None else WHOLE(8, (value - EPOCH) // MICROSECOND) for value in values]


def days(values: Values) -> list[bytes]:
    """Dates."""
    return [NULL if value is None else DAY(4, value.toordinal() - EPOCH_DAY) for value in values]


def truths(values: Values) -> list[bytes]:
    """Booleans."""
    return [NULL if value is None else TRUE if value else FALSE for value in values]


class ArrayType:
    """One type of element: its number in PostgreSQL's catalogue, and how a column of values is written."""

    def __init__(self, element: int, elements: Callable[[Values], list[bytes]]) -> None:
        self._element = element
        self._elements = elements

    def single(self, value: Any) -> bytes:
        """One value by itself: how long it is, is said elsewhere then."""
        return self._elements([value])[0][len(NULL) :]

    def array(self, values: Values) -> Encoded:
        """The values, None for a null."""
        if not values:
            return Encoded(EMPTY.pack(0, 0, self._element))
        head = HEAD.pack(1, None in values, self._element, len(values), 1)
        return Encoded(head + b"".join(self._elements(values)))


ARRAY_TYPES = {
    "text": ArrayType(25, texts),
    "bytea": ArrayType(17, raws),
    "bigint": ArrayType(20, wholes),
    "timestamptz": ArrayType(1184, moments),
    "date": ArrayType(1082, days),
    "boolean": ArrayType(16, truths),
}
