"""Two customers who are one keep the place in a family that either had."""

from contracts.events.loyalty import FamilyChanged
from tests.services.loyalty.operations.test_share_membership import family, half_price
from tests.services.loyalty.shop import Shop


def test_the_place_goes_along_and_back(shop: Shop) -> None:
    gym, _holder, omar = family(shop)
    same = shop.customer()
    merge = shop.merge(omar, same)
    assert gym.family() == [same]
    assert half_price(shop, omar, same) == [False, True]
    shop.unmerge(merge)
    assert gym.family() == [omar]
    steps = [(event.customer_id, event.step) for event in shop.told() if isinstance(event, FamilyChanged)]
    assert steps[1:] == [(omar, "left"), (same, "joined"), (same, "left"), (omar, "joined")]


def test_a_holder_needs_no_place_in_their_own_family(shop: Shop) -> None:
    gym, holder, omar = family(shop)
    shop.merge(omar, holder)
    assert gym.family() == []
    assert half_price(shop, holder) == [True]


def test_one_place_for_two_who_had_one_each(shop: Shop) -> None:
    gym, _holder, omar = family(shop)
    same = shop.customer()
    gym.share(same)
    merge = shop.merge(omar, same)
    assert gym.family() == [same]
    shop.unmerge(merge)
    assert gym.family() == [same]
