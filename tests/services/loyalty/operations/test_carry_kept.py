"""A tier that is kept after leaving its segment goes with its customer, and is theirs alone after an undo."""

from datetime import date

import pytest

from kernel.ids import CustomerId
from services.loyalty.operations.change_segment import change_segment
from tests.services.loyalty.shop import POINT_PER_RIYAL, Shop
from tests.services.loyalty.tiers import GOLD, SILVER, give_tier, settle, standing_of, tier_of

FOR_STAFF = [SILVER, {**GOLD, "segment": "staff"}]


def left(shop: Shop, riyals: int) -> CustomerId:
    """Somebody who bought for so much, was in the segment, and left it."""
    customer_id = shop.customer()
    shop.earn(customer_id, riyals)
    for inside in (True, False):
        with shop.database.transaction(shop.tenant_id) as db:
            change_segment(db, shop.tenant_id, customer_id, "staff", inside=inside, at=shop.at)
    return customer_id


@pytest.fixture
def keeping(shop: Shop) -> Shop:
    shop.publish(POINT_PER_RIYAL, tiers={"ladder": FOR_STAFF, "on_leaving": "never"})
    return shop


def test_it_comes_along_and_goes_back(keeping: Shop) -> None:
    shop, old, new = keeping, left(keeping, 5000), keeping.customer()
    merge = shop.merge(old, new)
    assert (tier_of(shop, new), standing_of(shop, new).until) == ("gold", date(2037, 12, 31))
    shop.unmerge(merge)
    assert (tier_of(shop, old), tier_of(shop, new)) == ("gold", None)
    shop.merge(old, new)
    assert tier_of(shop, new) == "gold"
    settle(shop)
    assert shop.breaches() == []


def test_what_the_second_keeps_themselves_stays(keeping: Shop) -> None:
    shop, old, new = keeping, left(keeping, 5000), left(keeping, 5000)
    merge = shop.merge(old, new)
    assert tier_of(shop, new) == "gold"
    shop.unmerge(merge)
    assert (tier_of(shop, old), tier_of(shop, new)) == ("gold", "gold")


def test_who_keeps_nothing_brings_nothing(keeping: Shop) -> None:
    shop, old, new = keeping, left(keeping, 1000), left(keeping, 1000)
    shop.merge(old, new)
    shop.earn(new, 9000)
    assert tier_of(shop, new) == "silver"


def test_what_is_over_is_not_brought(shop: Shop) -> None:
    shop.publish(POINT_PER_RIYAL, tiers={"ladder": FOR_STAFF, "on_leaving": "end_of_term"})
    old, new = left(shop, 5000), shop.customer()
    shop.at = shop.at.replace(year=2038)
    shop.earn(old, 5000)
    shop.merge(old, new)
    assert tier_of(shop, new) == "silver"


def test_beside_a_tier_given_by_hand(keeping: Shop) -> None:
    shop, old, new = keeping, left(keeping, 5000), keeping.customer()
    give_tier(shop, old, "silver", date(2040, 1, 1))
    merge = shop.merge(old, new)
    assert tier_of(shop, new) == "gold"
    shop.unmerge(merge)
    assert tier_of(shop, new) is None
