"""A void that is taken back."""

from tests.services.loyalty.domain.build import line
from tests.services.loyalty.operations.test_edit_purchase import holdings
from tests.services.loyalty.shop import POINT_PER_RIYAL, Shop


def test_a_reopened_sale_is_what_it_was_before_the_void(shop: Shop) -> None:
    shop.publish(POINT_PER_RIYAL)
    ana = shop.customer()
    sold = shop.sell(ana, line("COFFEE", 3)).purchase
    shop.take_back(sold.id, {0: 1})
    shop.void(sold.id)
    assert shop.points(ana) == (0, 0)
    assert shop.reopen(sold.id).purchase.status == "partly_returned"
    assert shop.points(ana) == (20, 20)
    shop.take_back(sold.id)
    shop.void(sold.id)
    assert shop.reopen(sold.id).purchase.status == "returned"
    assert holdings(shop, ana)["purchases"] == [{"purchases": 0}]
