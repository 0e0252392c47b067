"""A household spends together: what one needs comes from the others, and nobody gives more than they can spend."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from kernel.ids import CustomerId
from kernel.refusal import Refused
from services.loyalty.domain.refusals.wallets import InsufficientPoints
from tests.services.loyalty.shop import Shop, later


def household(shop: Shop, *points: int) -> tuple[str, list[CustomerId]]:
    """A pool of customers who have so many points each."""
    people = [shop.customer() for _person in points]
    for customer_id, amount in zip(people, points, strict=True):
        if amount:
            shop.adjust(customer_id, amount)
    return shop.pool(*people), people


@pytest.mark.parametrize(("needed", "moved"), [(80, [50]), (30, []), (130, [100])])
def test_what_is_missing_comes_from_the_others(shop: Shop, needed: int, moved: list[int]) -> None:
    pool, (_ana, omar) = household(shop, 100, 30)
    assert [transfer.amount for transfer in shop.gather(pool, omar, needed)] == moved
    shop.redeem(omar, shop.offer(needed))
    assert shop.points(omar) == (30 + sum(moved) - needed,) * 2


def test_all_of_them_have_less(shop: Shop) -> None:
    pool, (ana, omar) = household(shop, 100, 30)
    with pytest.raises(InsufficientPoints) as refused:
        shop.gather(pool, omar, 131)
    assert refused.value.params == {"needed": 131, "available": 130}
    assert (shop.points(ana), shop.points(omar)) == ((100, 100), (30, 30))


def test_units_that_die_first_come_first_and_those_held_stay(shop: Shop) -> None:
    pool, (ana, omar, layla) = household(shop, 0, 0, 0)
    shop.adjust(ana, 50, expires_at=later(days=9))
    shop.adjust(layla, 50, expires_at=later(days=3))
    shop.hold(layla, 20)
    shop.gather(pool, omar, 40)
    assert [shop.points(who)[0] for who in (ana, omar, layla)] == [40, 40, 20]


def test_two_of_a_household_at_once_spend_no_unit_twice(shop: Shop) -> None:
    pool, people = household(shop, 100, 0, 0)
    reward = shop.offer(60)

    def spend(customer_id: CustomerId) -> bool:
        try:
            shop.gather(pool, customer_id, 60)
            shop.redeem(customer_id, reward)
        except Refused:
            return False
        return True

    with ThreadPoolExecutor(3) as hands:
        spent = list(hands.map(spend, people))
    assert sum(shop.points(who)[0] for who in people) == 100 - 60 * sum(spent)
    assert sum(spent) <= 1
