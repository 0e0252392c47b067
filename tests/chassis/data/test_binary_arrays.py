"""What we write is what the driver writes, byte for byte: nulls, empty columns, the ends of time and of numbers."""

from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from psycopg.adapt import PyFormat, Transformer

from chassis.data.binary_arrays import ARRAY_TYPES
from chassis.data.pipelines import columns_for

TEXTS = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]))
WHOLES = st.integers(-(2**63), 2**63 - 1)
OFFSETS = st.integers(-14 * 60, 14 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)))
MOMENTS = st.datetimes(datetime(2, 1, 1), datetime(9998, 12, 31), timezones=OFFSETS)  # noqa: DTZ001 - it adds them
DAYS = st.dates()


@given(st.lists(st.none() | TEXTS, max_size=40))
def test_texts_read_back(values: list[str | None]) -> None:
    assert read("text", values) == values


@given(st.lists(st.none() | WHOLES, max_size=40))
def test_whole_numbers_read_back(values: list[int | None]) -> None:
    assert read("bigint", values) == values


@given(st.lists(st.none() | MOMENTS, max_size=20))
def test_moments_read_back_whatever_their_offset(values: list[datetime | None]) -> None:
    assert read("timestamptz", values) == values


@given(st.lists(st.none() | DAYS, max_size=20))
def test_days_read_back(values: list[date | None]) -> None:
    assert read("date", values) == values


@given(st.lists(st.none() | st.binary(max_size=50), max_size=20))
def test_bytes_read_back(values: list[bytes | None]) -> None:
    assert read("bytea", values) == values


@given(st.lists(st.none() | st.booleans(), max_size=20))
def test_booleans_read_back(values: list[bool | None]) -> None:
    assert read("boolean", values) == values


@pytest.mark.parametrize(
    ("kind", "values"),
    [
        ("text", ["قهوة", "", "x" * 300]),
        ("timestamptz", [datetime(1999, 12, 31, 23, 59, 59, 999_999, tzinfo=UTC), datetime(2000, 1, 1, tzinfo=UTC)]),
        ("date", [date(1, 1, 1), date(2000, 1, 1), date(9999, 12, 31)]),
        ("bytea", [b"\0\xff"]),
        ("boolean", [True, False]),
    ],
)
def test_the_bytes_are_the_drivers_own(kind: str, values: list[Any]) -> None:
    """Except for the numbers: the driver takes the smallest type that holds them."""
    theirs = Transformer().get_dumper(values, PyFormat.BINARY)
    assert bytes(ARRAY_TYPES[kind].array(values)) == bytes(theirs.dump(values) or b"")


def test_a_statement_says_what_its_columns_are() -> None:
    statement = "SELECT * FROM unnest(%b::text[], %b::bigint[])"
    assert columns_for(statement, [("a", 1), ("b", 2)]) == [
        ARRAY_TYPES["text"].array(["a", "b"]),
        ARRAY_TYPES["bigint"].array([1, 2]),
    ]
    assert columns_for(statement, []) == [ARRAY_TYPES["text"].array([]), ARRAY_TYPES["bigint"].array([])]


def test_rows_of_another_width_are_refused() -> None:
    with pytest.raises(ValueError, match="zip"):
        columns_for("SELECT * FROM unnest(%b::text[], %b::bigint[])", [("a",)])


def read(kind: str, values: list[Any]) -> list[Any]:
    """The values as the driver reads them out of our bytes."""
    array = ARRAY_TYPES[kind].array(values)
    loader = Transformer().get_loader(ARRAY_OIDS[kind], 1)  # type: ignore[arg-type]
    found: list[Any] = loader.load(bytes(array))
    return found


ARRAY_OIDS = {"text": 1009, "bytea": 1001, "bigint": 1016, "timestamptz": 1185, "date": 1182, "boolean": 1000}
