"""One person has one cap: what was earned under it goes along with a merge, and comes back with an undo."""

from datetime import timedelta

from tests.services.loyalty.domain.build import rule
from tests.services.loyalty.shop import POINT_PER_RIYAL, Shop

CAP = {"period_max": 100, "period": "day"}
DAY = timedelta(days=1)


def test_the_room_is_for_both(shop: Shop) -> None:
    shop.publish(POINT_PER_RIYAL, **CAP)
    old, new = shop.customer(), shop.customer()
    shop.earn(old, 60)
    shop.earn(new, 30)
    merge = shop.merge(old, new)
    shop.earn(new, 50)
    assert shop.points(new)[0] == 100
    shop.unmerge(merge)
    shop.earn(old, 100)
    shop.earn(new, 100)
    assert (shop.points(old)[0], shop.points(new)[0]) == (100, 100), (
        "60 and 40 were earned, each under a cap of its own"
    )
    assert shop.breaches() == []


def test_what_the_old_card_earns_since_follows(shop: Shop) -> None:
    shop.publish(POINT_PER_RIYAL, **CAP)
    old, new = shop.customer(), shop.customer()
    merge = shop.merge(old, new)
    for _sale in range(2):
        shop.earn(old, 20)
        shop.follow()
    shop.follow()
    shop.earn(new, 100)
    assert shop.points(new)[0] == 100
    shop.unmerge(merge)
    shop.earn(old, 100)
    assert shop.points(old)[0] == 100
    assert shop.rows("SELECT amount FROM merged_counts WHERE kind = 'earned'") == [{"amount": 40}]


def test_what_was_spent_as_well_as_earned_follows(shop: Shop) -> None:
    shop.publish(rule("activity", activity="review", award={"points": 60}), POINT_PER_RIYAL, **CAP)
    old, new = shop.customer(), shop.customer()
    shop.merge(old, new)
    shop.activity(old, "review")
    shop.redeem(old, shop.offer(60))
    shop.follow()
    shop.earn(new, 100)
    assert shop.points(new)[0] == 40


def test_a_return_makes_room_for_both(shop: Shop) -> None:
    shop.publish(POINT_PER_RIYAL, **CAP)
    old, new = shop.customer(), shop.customer()
    sold = shop.earn(old, 60)
    merge = shop.merge(old, new)
    shop.take_back(sold)
    shop.unmerge(merge)
    shop.earn(old, 200)
    shop.earn(new, 200)
    assert (shop.points(old)[0], shop.points(new)[0]) == (100, 100)


def test_another_period_counts_no_more(shop: Shop) -> None:
    shop.publish(POINT_PER_RIYAL, **CAP)
    old, new = shop.customer(), shop.customer()
    shop.earn(old, 60)
    shop.at += DAY
    shop.earn(new, 30)
    merge = shop.merge(old, new)
    shop.earn(new, 200)
    assert shop.points(new)[0] == 160
    shop.at += DAY
    shop.unmerge(merge)
    shop.earn(new, 200)
    assert (shop.points(old)[0], shop.points(new)[0]) == (60, 200)


def test_along_a_chain(shop: Shop) -> None:
    shop.publish(POINT_PER_RIYAL, **CAP)
    first, second, third = shop.customer(), shop.customer(), shop.customer()
    shop.earn(first, 60)
    shop.merge(first, second)
    undone = shop.merge(second, third)
    shop.earn(third, 100)
    assert shop.points(third)[0] == 100
    shop.unmerge(undone)
    shop.earn(second, 100)
    assert shop.points(second)[0] == 100
