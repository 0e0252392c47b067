"""A tier by hand: a floor until its date, with who gave it and why."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta

import pytest

from contracts.events.loyalty import TierChanged
from kernel.refusal import Refused
from services.loyalty.domain.refusals.customers import NoSuchCustomer
from services.loyalty.domain.refusals.tiers import NoTiers, TierEndsInThePast, TierUnknown
from tests.services.loyalty.shop import POINT_PER_RIYAL, Shop, later
from tests.services.loyalty.tiers import FOR_GOLD, give_tier, ladder, noted, standing_of, tier_of

TODAY = date(2036, 3, 2)
APRIL = date(2036, 4, 1)


def test_it_holds_for_the_next_sale_and_until_its_last_day(shop: Shop) -> None:
    shop.publish(POINT_PER_RIYAL, FOR_GOLD, tiers=ladder())
    ana = shop.customer()
    give_tier(shop, ana, "gold", APRIL)
    shop.earn(ana, 10)
    assert shop.points(ana)[0] == 20
    found = standing_of(shop, ana)
    assert (found.tier and found.tier.id, found.until, found.since) == ("gold", APRIL, TODAY)
    assert found.floor is not None
    shop.at = later(days=30)
    assert tier_of(shop, ana) == "gold"
    shop.at = later(days=31)
    assert (tier_of(shop, ana), standing_of(shop, ana).floor) == (None, None)
    (row,) = shop.rows("SELECT * FROM tier_changes WHERE change = 'set'")
    assert (row["after"], row["ends_on"], row["reason"], row["actor"]) == (
        "gold",
        APRIL,
        "a good neighbour",
        "key_test",
    )
    (event,) = [event for event in shop.told() if isinstance(event, TierChanged)]
    assert (event.change, event.before, event.tier, event.ends_on) == ("set", None, "gold", APRIL)


def test_a_floor_is_no_ceiling(shop: Shop) -> None:
    shop.publish(POINT_PER_RIYAL, tiers=ladder())
    ana = shop.customer()
    give_tier(shop, ana, "silver", APRIL)
    bought = shop.earn(ana, 5000)
    assert tier_of(shop, ana) == "gold"
    shop.take_back(bought)
    assert tier_of(shop, ana) == "silver"
    assert [change for change, *_rest in noted(shop, ana)] == ["set", "upgraded", "downgraded"]


def test_the_latest_counts(shop: Shop) -> None:
    shop.publish(POINT_PER_RIYAL, tiers=ladder())
    ana = shop.customer()
    give_tier(shop, ana, "gold", APRIL)
    give_tier(shop, ana, "silver", TODAY)
    assert (tier_of(shop, ana), standing_of(shop, ana).until) == ("silver", TODAY)
    shop.at = later(days=1)
    assert tier_of(shop, ana) is None


def test_it_survives_that_everything_is_counted_anew(shop: Shop) -> None:
    shop.publish(POINT_PER_RIYAL, tiers=ladder())
    ana = shop.customer()
    give_tier(shop, ana, "gold", APRIL)
    shop.publish(POINT_PER_RIYAL, tiers=ladder(basis="visits"))
    shop.sell(ana)
    assert tier_of(shop, ana) == "gold"


@pytest.mark.parametrize(
    ("tier", "until", "refusal"),
    [("bronze", APRIL, TierUnknown), ("gold", TODAY - timedelta(days=1), TierEndsInThePast)],
)
def test_what_makes_no_sense_is_refused_and_changes_nothing(
    shop: Shop, tier: str, until: date, refusal: type[Refused]
) -> None:
    shop.publish(POINT_PER_RIYAL, tiers=ladder())
    ana = shop.customer()
    before = shop.everything()
    with pytest.raises(refusal):
        give_tier(shop, ana, tier, until)
    assert shop.everything() == before


def test_there_must_be_tiers_and_the_customer(shop: Shop, other_shop: Shop) -> None:
    ana = shop.customer()
    with pytest.raises(NoTiers):
        give_tier(shop, ana, "gold", APRIL)
    other_shop.publish(POINT_PER_RIYAL, tiers=ladder())
    with pytest.raises(NoSuchCustomer):
        give_tier(other_shop, ana, "gold", APRIL)


def test_a_sale_at_the_same_time_loses_nothing(shop: Shop) -> None:
    shop.publish(POINT_PER_RIYAL, tiers=ladder())
    ana = shop.customer()
    with ThreadPoolExecutor(6) as together:
        given = [together.submit(give_tier, shop, ana, "gold", APRIL) for _ in range(3)]
        sold = [together.submit(shop.earn, ana, 200) for _ in range(6)]
        for each in (*given, *sold):
            each.result()
    assert (tier_of(shop, ana), standing_of(shop, ana).counted) == ("gold", 1200)
