"""A tier given by hand goes with its customer; the higher one wins, and the own one is back after an undo."""

from datetime import date

import pytest

from kernel.ids import CustomerId
from tests.services.loyalty.shop import POINT_PER_RIYAL, Shop
from tests.services.loyalty.tiers import give_tier, ladder, noted, settle, tier_of

MAY, JUNE = date(2036, 5, 31), date(2036, 6, 30)


@pytest.fixture
def two(shop: Shop) -> tuple[CustomerId, CustomerId]:
    shop.publish(POINT_PER_RIYAL, tiers=ladder())
    return shop.customer(), shop.customer()


def floor_of(shop: Shop, customer_id: CustomerId) -> tuple[str, str] | None:
    query = "SELECT floor_tier, floor_until FROM tier_progress WHERE customer_id = :of AND floor_tier IS NOT NULL"
    return next(((row["floor_tier"], str(row["floor_until"])) for row in shop.rows(query, of=customer_id)), None)


def test_it_comes_along_and_goes_back(shop: Shop, two: tuple[CustomerId, CustomerId]) -> None:
    old, new = two
    give_tier(shop, old, "gold", JUNE)
    merge = shop.merge(old, new)
    assert (tier_of(shop, new), floor_of(shop, new)) == ("gold", ("gold", "2036-06-30"))
    assert noted(shop, new) == [("upgraded", None, "gold", "2036-03-02")]
    shop.unmerge(merge)
    assert (tier_of(shop, old), tier_of(shop, new), floor_of(shop, new)) == ("gold", None, None)
    assert noted(shop, new)[1:] == [("downgraded", "gold", None, "2036-03-02")]
    settle(shop)
    assert shop.breaches() == []


@pytest.mark.parametrize(
    ("theirs", "ours", "then"),
    [
        (("gold", MAY), ("silver", JUNE), "gold"),
        (("silver", JUNE), ("gold", MAY), "gold"),
        (("silver", JUNE), ("silver", MAY), "silver"),
    ],
)
def test_the_higher_one_wins(
    shop: Shop, two: tuple[CustomerId, CustomerId], theirs: tuple[str, date], ours: tuple[str, date], then: str
) -> None:
    old, new = two
    give_tier(shop, old, *theirs)
    give_tier(shop, new, *ours)
    merge = shop.merge(old, new)
    assert tier_of(shop, new) == then
    longest = max(until for tier, until in (theirs, ours) if tier == then)
    assert floor_of(shop, new) == (then, str(longest))
    shop.unmerge(merge)
    assert (floor_of(shop, old), floor_of(shop, new)) == ((theirs[0], str(theirs[1])), (ours[0], str(ours[1])))


def test_one_that_was_given_since_stays(shop: Shop, two: tuple[CustomerId, CustomerId]) -> None:
    old, new = two
    give_tier(shop, old, "gold", JUNE)
    merge = shop.merge(old, new)
    give_tier(shop, new, "silver", MAY)
    shop.unmerge(merge)
    assert (tier_of(shop, old), tier_of(shop, new)) == ("gold", "silver")


def test_one_that_is_over_stays_over(shop: Shop, two: tuple[CustomerId, CustomerId]) -> None:
    old, new = two
    give_tier(shop, old, "gold", date(2036, 3, 2))
    shop.at = shop.at.replace(day=4)
    shop.merge(old, new)
    assert (tier_of(shop, new), floor_of(shop, new)) == (None, None)


def test_without_tiers_there_is_nothing_to_carry(shop: Shop, two: tuple[CustomerId, CustomerId]) -> None:
    old, new = two
    give_tier(shop, old, "gold", JUNE)
    shop.publish(POINT_PER_RIYAL)
    shop.unmerge(shop.merge(old, new))
    assert floor_of(shop, new) is None
