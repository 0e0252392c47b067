"""A customer decides what becomes of their points."""

import pytest

from kernel.ids import CustomerId
from services.loyalty.domain.refusals.customers import NoSuchCustomer
from tests.services.loyalty.automatic import allow, look, offered, taken, waits
from tests.services.loyalty.shop import Shop, later


def test_out_and_in_again(shop: Shop) -> None:
    ana = shop.customer()
    reward = offered(shop, 10)
    allow(shop, ana, False)
    before = shop.everything()
    allow(shop, ana, False)
    assert shop.everything() == before
    shop.adjust(ana, 25)
    look(shop)
    assert taken(shop, ana) == 0
    shop.at = later(days=1)
    allow(shop, ana, True)
    assert waits(shop) == {ana: "unseen"}
    look(shop)
    assert (taken(shop, ana), waits(shop)) == (2, {})
    before = shop.everything()
    allow(shop, ana, True)
    assert shop.everything() == before
    assert shop.redeem(ana, shop.offer(5)).redemption.reward_id != reward


def test_who_waits_and_opts_out_waits_no_more(shop: Shop) -> None:
    ana = shop.customer()
    offered(shop, 10, at_most=1)
    shop.adjust(ana, 30)
    look(shop)
    assert waits(shop) == {ana: "daily_stop"}
    allow(shop, ana, False)
    shop.at = later(days=1)
    look(shop)
    assert (taken(shop, ana), waits(shop)) == (1, {})


def test_a_stranger(shop: Shop, other_shop: Shop) -> None:
    for stranger in (CustomerId("cus_nobody"), other_shop.customer()):
        with pytest.raises(NoSuchCustomer):
            allow(shop, stranger, False)
