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


class Encoded(bytes):
    """An array's bytes."""


def text(value: str) -> bytes:
    """A text; also what holds JSON."""
    encoded = value.encode()
    return LENGTH(len(encoded)) + encoded


def raw(value: bytes) -> bytes:
    """Bytes as they are."""
    return LENGTH(len(value)) + value


def whole(value: int) -> bytes:
    """A bigint."""
    return WHOLE(8, value)


def moment(value: datetime) -> bytes:
    """A timestamptz, in microseconds."""
    return WHOLE(8, (value - EPOCH) // MICROSECOND)


def day(value: date) -> bytes:
    """A date."""
    return DAY(4, value.toordinal() - EPOCH_DAY)


def truth(value: bool) -> bytes:
    """A boolean."""
    return TRUE if value else FALSE


class ArrayType:
    """One type of element: its number in PostgreSQL's catalogue, and how a value is written, its length first."""

    def __init__(self, element: int, encode: Callable[[Any], bytes]) -> None:
        self._element = element
        self._encode = encode

    def single(self, value: Any) -> bytes:
        """One value by itself: how long it is, is said elsewhere then."""
        return self._encode(value)[len(NULL) :]

    def array(self, values: Sequence[Any]) -> Encoded:
        """The values, None for a null."""
        if not values:
            return Encoded(EMPTY.pack(0, 0, self._element))
        encode = self._encode
        elements = [NULL if value is None else encode(value) for value in values]
        nulls = None in values
        return Encoded(HEAD.pack(1, nulls, self._element, len(values), 1) + b"".join(elements))


ARRAY_TYPES = {
    "text": ArrayType(25, text),
    "bytea": ArrayType(17, raw),
    "bigint": ArrayType(20, whole),
    "timestamptz": ArrayType(1184, moment),
    "date": ArrayType(1082, day),
    "boolean": ArrayType(16, truth),
}
