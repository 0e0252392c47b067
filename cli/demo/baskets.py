"""The data's baskets as the API takes purchases. What does not fit is adjusted, and counted. Source: docs/demo.md."""

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import datetime
from enum import StrEnum
from typing import NotRequired, TypedDict

from cli.demo.program import CURRENCY
from cli.demo.source import UNKNOWN_PRODUCT, Product, SourceBasket, SourceLine

FUEL = "GASOLINE"


class Adjustment(StrEnum):
    """What had to be done to the data, in words for the summary."""

    NOTHING_SOLD = "lines without goods or money, left out"
    COUPON_ALONE = "lines that are a manufacturer's coupon alone, kept as a tender"
    BASKET_LEFT_OUT = "baskets without anything sold, left out"
    COUPON_CENTS_LEFT_OUT = "cents of manufacturers' coupons in those baskets"
    ONE_UNIT = "lines with money but no quantity, taken as one unit"
    METER_READING = "lines of fuel with a meter reading as quantity, taken as one unit"
    PRICE_ROUNDED = "lines whose unit price was rounded up, the rest as a discount"
    CENTS_ROUNDED = "cents by which those prices were rounded up"
    UNKNOWN_PRODUCT = "lines of a product that the catalogue does not know"
    NO_PRICE = "lines with goods but no price, kept"


class Line(TypedDict):
    """A line of a purchase. Money is in cents; the discount is for the whole line."""

    sku: str
    name: str
    categories: tuple[str, ...]
    quantity: int
    unit_price: int
    discount: int


class Tender(TypedDict):
    """A part of what was paid, in cents."""

    kind: str
    amount: int


class Purchase(TypedDict):
    """A purchase as the API takes it. The customer is filled in when it is known."""

    customer_id: NotRequired[str]
    store_id: str
    channel: str
    external_id: str
    occurred_at: str
    currency: str
    lines: list[Line]
    tenders: list[Tender]
    codes: list[str]


def as_purchase(
    basket: SourceBasket, products: Mapping[int, Product], adjustments: Counter[Adjustment], *, at: datetime
) -> Purchase | None:
    """The basket as a purchase made at that moment; None when nothing in it was sold.

    Its lines add up to what the store received. Manufacturers' coupons are a tender: somebody else paid that part.
    """
    lines = list(_lines(basket.lines, products, adjustments))
    coupons = sum(line.coupon_disc for line in basket.lines)
    if not lines:
        adjustments[Adjustment.BASKET_LEFT_OUT] += 1
        adjustments[Adjustment.COUPON_CENTS_LEFT_OUT] += coupons
        return None
    return Purchase(
        store_id=str(basket.store_id),
        channel="store",
        external_id=str(basket.basket_id),
        occurred_at=at.isoformat(),
        currency=CURRENCY,
        lines=lines,
        tenders=[Tender(kind="manufacturer_coupon", amount=coupons)] if coupons else [],
        codes=[],
    )


def _lines(
    lines: Iterable[SourceLine], products: Mapping[int, Product], adjustments: Counter[Adjustment]
) -> Iterable[Line]:
    for line in lines:
        if is_sale(line):
            yield as_line(line, products.get(line.product_id, UNKNOWN_PRODUCT), adjustments)
        else:
            adjustments[Adjustment.COUPON_ALONE if line.coupon_disc else Adjustment.NOTHING_SOLD] += 1


def is_sale(line: SourceLine) -> bool:
    """Whether something was sold: goods, or money for the store, or money off."""
    return bool(line.quantity or line.sales_value or line.retail_disc or line.coupon_match_disc)


def as_line(line: SourceLine, product: Product, adjustments: Counter[Adjustment]) -> Line:
    """The line with quantity × unit price − discount = what the store received, to the cent."""
    shelf_price = line.sales_value + line.retail_disc + line.coupon_match_disc
    quantity = _units(line, product, adjustments)
    # Three for five dollars: tills ring up 3 × 1.67 and take one cent off.
    unit_price = -(-shelf_price // quantity)
    rounded_up = quantity * unit_price - shelf_price
    adjustments[Adjustment.PRICE_ROUNDED] += rounded_up > 0
    adjustments[Adjustment.CENTS_ROUNDED] += rounded_up
    adjustments[Adjustment.UNKNOWN_PRODUCT] += product is UNKNOWN_PRODUCT
    adjustments[Adjustment.NO_PRICE] += shelf_price == 0
    return Line(
        sku=str(line.product_id),
        name=product.name,
        categories=product.categories,
        quantity=quantity,
        unit_price=unit_price,
        discount=quantity * unit_price - line.sales_value,
    )


def _units(line: SourceLine, product: Product, adjustments: Counter[Adjustment]) -> int:
    if line.quantity == 0:
        adjustments[Adjustment.ONE_UNIT] += 1
        return 1
    if line.quantity > 1 and product.name.startswith(FUEL):
        adjustments[Adjustment.METER_READING] += 1
        return 1
    return line.quantity
