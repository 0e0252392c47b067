"""How a line of the data becomes a line of a purchase, to the cent."""

from collections import Counter
from datetime import UTC, datetime

import pytest

from cli.demo.baskets import Adjustment, as_line, as_purchase
from cli.demo.source import UNKNOWN_PRODUCT, Product, SourceBasket, SourceLine
from tests.cli.demo.lines import source_line

MILK = Product("FLUID MILK WHITE ONLY", ("GROCERY", "FLUID MILK PRODUCTS"))
FUEL = Product("GASOLINE-REG UNLEADED", ("FUEL", "COUPON/MISC ITEMS"))
AT = datetime(2026, 3, 1, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("line", "quantity", "unit_price", "discount", "adjusted"),
    [
        pytest.param(source_line(paid=139), 1, 139, 0, {}, id="one unit"),
        pytest.param(source_line(quantity=2, paid=278), 2, 139, 0, {}, id="two units"),
        pytest.param(source_line(paid=100, retail_disc=39), 1, 139, 39, {}, id="the store's discount"),
        pytest.param(source_line(paid=80, coupon_disc=50, coupon_match_disc=20), 1, 100, 20, {}, id="a matched coupon"),
        pytest.param(
            source_line(quantity=3, paid=500),
            3,
            167,
            1,
            {Adjustment.PRICE_ROUNDED: 1, Adjustment.CENTS_ROUNDED: 1},
            id="three for five dollars",
        ),
        pytest.param(
            source_line(quantity=3, paid=400, retail_disc=100),
            3,
            167,
            101,
            {Adjustment.PRICE_ROUNDED: 1, Adjustment.CENTS_ROUNDED: 1},
            id="a rounded price beside a discount",
        ),
        pytest.param(source_line(paid=0, retail_disc=99), 1, 99, 99, {}, id="wholly discounted"),
        pytest.param(source_line(quantity=2), 2, 0, 0, {Adjustment.NO_PRICE: 1}, id="goods for nothing"),
        pytest.param(source_line(quantity=0, paid=43), 1, 43, 0, {Adjustment.ONE_UNIT: 1}, id="money without quantity"),
    ],
)
def test_as_line(
    line: SourceLine, quantity: int, unit_price: int, discount: int, adjusted: dict[Adjustment, int]
) -> None:
    adjustments: Counter[Adjustment] = Counter()

    mapped = as_line(line, MILK, adjustments)

    assert (mapped["quantity"], mapped["unit_price"], mapped["discount"]) == (quantity, unit_price, discount)
    assert mapped["quantity"] * mapped["unit_price"] - mapped["discount"] == line.sales_value
    assert +adjustments == adjusted


@pytest.mark.parametrize(
    ("product", "bought", "quantity", "unit_price"),
    [
        pytest.param(FUEL, source_line(quantity=10_598, paid=2_500, retail_disc=106), 1, 2_606, id="gallons of fuel"),
        pytest.param(FUEL, source_line(quantity=1, paid=1_500), 1, 1_500, id="fuel for a round sum"),
        pytest.param(MILK, source_line(quantity=144, paid=1_440), 144, 10, id="many pieces are still pieces"),
    ],
)
def test_a_meter_reading_is_not_a_count(product: Product, bought: SourceLine, quantity: int, unit_price: int) -> None:
    mapped = as_line(bought, product, Counter())

    assert (mapped["quantity"], mapped["unit_price"]) == (quantity, unit_price)


def test_a_line_says_what_the_catalogue_knows() -> None:
    adjustments: Counter[Adjustment] = Counter()

    known = as_line(source_line(product_id=995242, paid=139), MILK, adjustments)
    unknown = as_line(source_line(product_id=5, paid=139), UNKNOWN_PRODUCT, adjustments)

    assert (known["sku"], known["name"], known["categories"]) == ("995242", MILK.name, MILK.categories)
    assert (unknown["sku"], unknown["name"], unknown["categories"]) == ("5", "", ())
    assert +adjustments == {Adjustment.UNKNOWN_PRODUCT: 1}


def test_a_basket_keeps_coupons_as_a_tender() -> None:
    basket = basket_of(source_line(product_id=1, paid=500), source_line(product_id=2, quantity=0, coupon_disc=75))
    adjustments: Counter[Adjustment] = Counter()

    purchase = as_purchase(basket, {1: MILK}, adjustments, at=AT)

    assert purchase == {
        "store_id": "330",
        "channel": "store",
        "external_id": "100",
        "occurred_at": "2026-03-01T12:00:00+00:00",
        "currency": "USD",
        "lines": [
            {
                "sku": "1",
                "name": MILK.name,
                "categories": MILK.categories,
                "quantity": 1,
                "unit_price": 500,
                "discount": 0,
            }
        ],
        "tenders": [{"kind": "manufacturer_coupon", "amount": 75}],
        "codes": [],
    }
    assert +adjustments == {Adjustment.COUPON_ALONE: 1}


def test_a_basket_without_a_sale_is_left_out_and_counted() -> None:
    basket = basket_of(source_line(quantity=0), source_line(quantity=0, coupon_disc=55))
    adjustments: Counter[Adjustment] = Counter()

    assert as_purchase(basket, {}, adjustments, at=AT) is None
    assert +adjustments == {
        Adjustment.NOTHING_SOLD: 1,
        Adjustment.COUPON_ALONE: 1,
        Adjustment.BASKET_LEFT_OUT: 1,
        Adjustment.COUPON_CENTS_LEFT_OUT: 55,
    }


def basket_of(*lines: SourceLine) -> SourceBasket:
    """Basket 100 of household 7 with those lines."""
    return SourceBasket(basket_id=100, household_id=7, store_id=330, at=AT, lines=list(lines))
