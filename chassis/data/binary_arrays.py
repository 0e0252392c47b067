"""Columns of values as PostgreSQL's binary arrays, made in one go.

The driver makes the same bytes value by value, at several times the cost (docs/performance.md). The form: how many
dimensions (1), whether there are nulls, the type of the elements, how many there are, the number of the first (1); then
each element's length in bytes, -1 for a null, and its bytes. Source: PostgreSQL, src/backend/utils/adt/arrayfuncs.c.
"""

from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, timedelta
from struct import Struct
from typing import Any

from psycopg import adapters
from psycopg.adapt import Dumper
from psycopg.pq import Format

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
    """An array's bytes; its subclasses say of which type."""


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
    """One type of element: its number in PostgreSQL's catalogue, that of its arrays, and how a value is written."""

    def __init__(self, name: str, element: int, array: int, encode: Callable[[Any], bytes]) -> None:
        self._element = element
        self._encode = encode
        self._encoded: type[Encoded] = type(f"Encoded_{name}", (Encoded,), {})
        dumper = type(f"Dumper_{name}", (EncodedDumper,), {"oid": array})
        adapters.register_dumper(self._encoded, dumper)

    def array(self, values: Sequence[Any]) -> Encoded:
        """The values, None for a null, ready to be sent as a parameter of the form `%b`."""
        if not values:
            return self._encoded(EMPTY.pack(0, 0, self._element))
        encode = self._encode
        elements = [NULL if value is None else encode(value) for value in values]
        nulls = None in values
        return self._encoded(HEAD.pack(1, nulls, self._element, len(values), 1) + b"".join(elements))


class EncodedDumper(Dumper):
    """Sends what is encoded already."""

    format = Format.BINARY

    def dump(self, obj: Any) -> bytes:
        """The bytes, as they are."""
        return obj  # type: ignore[no-any-return]


ARRAY_TYPES = {
    "text": ArrayType("text", 25, 1009, text),
    "bytea": ArrayType("bytea", 17, 1001, raw),
    "bigint": ArrayType("bigint", 20, 1016, whole),
    "timestamptz": ArrayType("timestamptz", 1184, 1185, moment),
    "date": ArrayType("date", 1082, 1182, day),
    "boolean": ArrayType("boolean", 16, 1000, truth),
}
