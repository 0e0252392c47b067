"""The whole year of data, as it is and as it is played. Every number here is the data's own."""

from collections import Counter
from itertools import islice, pairwise

import pytest

from cli.demo.baskets import Adjustment, as_purchase
from cli.demo.source import Source, SourceBasket, find_source
from cli.demo.year import shop_day

BASKETS = 155_848
LINES = 1_469_307
PAID_CENTS = 459_603_958
COUPON_CENTS = 2_635_990


@pytest.fixture(scope="module")
def source() -> Source:
    """The installed data."""
    pytest.importorskip("pyarrow")
    return find_source()


def test_the_whole_year_is_played_to_the_cent(source: Source) -> None:
    products = source.products()
    adjustments: Counter[Adjustment] = Counter()
    baskets = lines = lines_kept = paid = coupons = 0
    for basket in source.baskets():
        baskets += 1
        lines += len(basket.lines)
        purchase = as_purchase(basket, products, adjustments, at=basket.at)
        if purchase is not None:
            lines_kept += len(purchase["lines"])
            paid += sum(line["quantity"] * line["unit_price"] - line["discount"] for line in purchase["lines"])
            coupons += sum(tender["amount"] for tender in purchase["tenders"])

    assert (baskets, lines) == (BASKETS, LINES)
    assert paid == PAID_CENTS
    assert coupons + adjustments[Adjustment.COUPON_CENTS_LEFT_OUT] == COUPON_CENTS
    assert lines_kept + adjustments[Adjustment.NOTHING_SOLD] + adjustments[Adjustment.COUPON_ALONE] == LINES
    assert adjustments == {
        Adjustment.NOTHING_SOLD: 5_859,
        Adjustment.COUPON_ALONE: 2_978,
        Adjustment.BASKET_LEFT_OUT: 328,
        Adjustment.COUPON_CENTS_LEFT_OUT: 1_969,
        Adjustment.ONE_UNIT: 32,
        Adjustment.METER_READING: 13_520,
        Adjustment.PRICE_ROUNDED: 15_884,
        Adjustment.CENTS_ROUNDED: 25_674,
        Adjustment.UNKNOWN_PRODUCT: 32,
        Adjustment.NO_PRICE: 263,
    }


def test_baskets_come_in_the_order_of_time_and_once(source: Source) -> None:
    seen: set[int] = set()
    households: set[int] = set()
    stores: set[int] = set()
    for earlier, later in pairwise(source.baskets()):
        assert earlier.at <= later.at
        seen.add(later.basket_id)
        households.add(later.household_id)
        stores.add(later.store_id)

    assert len(seen) + 1 == BASKETS == source.basket_count()
    assert (len(households), len(stores)) == (2_469, 457)


def test_the_first_basket(source: Source) -> None:
    (first,) = islice(source.baskets(), 1)

    assert isinstance(first, SourceBasket)
    assert (first.basket_id, first.household_id, first.store_id) == (31_198_570_044, 900, 330)
    assert first.at.isoformat() == "2017-01-01T11:53:26+00:00"
    assert [(line.product_id, line.quantity, line.sales_value) for line in first.lines] == [(1_095_275, 1, 50)]


def test_every_coupon_day_has_a_basket(source: Source) -> None:
    days = source.coupon_days()
    with_baskets = {(basket.household_id, shop_day(basket.at)) for basket in source.baskets()}

    assert len(days) == 1_107
    assert days <= with_baskets
