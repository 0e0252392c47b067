import pytest

from services.loyalty.domain.refusals.memberships import NoEntriesLeft
from tests.services.loyalty.passes import SWIM_TEN, Passes
from tests.services.loyalty.shop import Shop


def test_the_pass_that_was_used_least_goes_back(shop: Shop) -> None:
    shop.publish(SWIM_TEN)
    swims = Passes(shop, shop.customer())
    bought = swims.buy(2)
    swims.use(4)
    returned = shop.take_back(bought, {0: 1})
    assert [(change.plan, change.passes) for change in returned.changes.passes] == [("swim", -1)]
    assert sorted(swims.left()) == [0, 6]
    swims.use(6)


def test_a_pass_that_came_back_lets_nobody_in(shop: Shop) -> None:
    shop.publish(SWIM_TEN)
    swims = Passes(shop, shop.customer())
    bought = swims.buy()
    swims.use(4)
    shop.take_back(bought)
    with pytest.raises(NoEntriesLeft):
        swims.use()
    assert shop.rows("SELECT sum(entries) AS gone FROM pass_uses")[0]["gone"] == -10


def test_only_the_passes_of_that_purchase(shop: Shop) -> None:
    shop.publish(SWIM_TEN)
    swims = Passes(shop, shop.customer())
    first, _second = swims.buy(), swims.buy()
    shop.take_back(first)
    assert swims.left() == [0, 10]
