from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest

from kernel.refusal import Refused
from services.loyalty.domain.refusals.customers import CustomerBlocked, NoSuchCustomer
from services.loyalty.domain.refusals.memberships import NoEntriesLeft
from tests.services.loyalty.passes import SWIM_TEN, Passes
from tests.services.loyalty.shop import Shop


@pytest.fixture
def swims(shop: Shop) -> Passes:
    shop.publish(SWIM_TEN)
    return Passes(shop, shop.customer())


def test_ten_entries_and_not_one_more(swims: Passes) -> None:
    swims.buy()
    assert [swims.use().entries_left for _ in range(10)] == list(range(9, -1, -1))
    with pytest.raises(NoEntriesLeft):
        swims.use()


def test_the_pass_that_ends_soonest_goes_first(swims: Passes, shop: Shop) -> None:
    swims.buy()
    shop.at += timedelta(days=1)
    swims.buy()
    swims.use(3)
    assert swims.left() == [7, 10]
    swims.use(8)
    assert swims.left() == [7, 2]


def test_the_last_day_is_the_shops(swims: Passes, shop: Shop) -> None:
    swims.buy()
    shop.at = datetime(2036, 3, 31, 20, 59, 59, tzinfo=UTC)
    swims.use()
    shop.at = datetime(2036, 3, 31, 21, 0, tzinfo=UTC)
    with pytest.raises(NoEntriesLeft):
        swims.use()


def test_two_turnstiles_at_once_use_one_each(swims: Passes) -> None:
    swims.buy()

    def turn(_number: int) -> bool:
        try:
            swims.use()
        except Refused:
            return False
        return True

    with ThreadPoolExecutor(8) as turnstiles:
        let_in = list(turnstiles.map(turn, range(25)))
    assert (sum(let_in), swims.left()) == (10, [0])


def test_nobodys_and_anothers(swims: Passes, shop: Shop, other_shop: Shop) -> None:
    swims.buy()
    with pytest.raises(NoEntriesLeft):
        Passes(shop, shop.customer()).use()
    with pytest.raises(NoEntriesLeft):
        swims.use(plan="sauna")
    with pytest.raises(NoSuchCustomer):
        Passes(other_shop, swims.customer_id).use()
    with pytest.raises(CustomerBlocked):
        Passes(shop, shop.customer(status="blocked")).use()
