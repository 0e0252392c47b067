"""The job that tells of tiers: what it tells is what the clock says already, once."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime

import pytest

from contracts.events.loyalty import TierChanged, TierWarning
from services.loyalty.operations import settle_tiers as settling
from services.loyalty.schedules import settle_all_tiers
from tests.services.loyalty.domain.build import line
from tests.services.loyalty.shop import POINT_PER_RIYAL, Shop
from tests.services.loyalty.tiers import give_tier, ladder, noted, settle, standing_of, tier_of


def noon(day: str) -> datetime:
    return datetime.fromisoformat(f"{day}T09:00").replace(tzinfo=UTC)


def test_it_tells_of_a_fall_and_a_warning_once(shop: Shop) -> None:
    shop.publish(POINT_PER_RIYAL, tiers=ladder(grace_days=15, warning_days=30))
    ana = shop.customer()
    shop.earn(ana, 5000)
    (reached,) = [event for event in shop.told() if isinstance(event, TierChanged)]
    assert (reached.change, reached.tier, reached.ends_on) == ("upgraded", "gold", date(2038, 1, 15))
    shop.at = noon("2037-03-01")
    shop.earn(ana, 600)
    shop.at = noon("2037-12-15")
    assert settle(shop) == []
    shop.at = noon("2037-12-16")
    (warning,) = settle(shop)
    assert isinstance(warning, TierWarning)
    assert (warning.tier, warning.ends_on, warning.days_left) == ("gold", date(2038, 1, 15), 30)
    assert (warning.unit, warning.counted, warning.needed, warning.falls_to) == ("points", 600, 4400, "silver")
    assert settle(shop) == []
    shop.at = noon("2038-01-15")
    assert settle(shop) == []
    shop.at = noon("2038-01-16")
    (fallen,) = settle(shop)
    assert isinstance(fallen, TierChanged)
    assert (fallen.change, fallen.before, fallen.tier) == ("downgraded", "gold", "silver")
    assert (fallen.tier_name, fallen.ends_on) == ({"en": "Silver", "ar": "الفضية"}, date(2039, 1, 15))
    assert settle(shop) == []
    assert noted(shop, ana)[-1] == ("downgraded", "gold", "silver", "2038-01-16")


def test_who_stayed_is_not_told(shop: Shop) -> None:
    shop.publish(POINT_PER_RIYAL, tiers=ladder(warning_days=30))
    ana = shop.customer()
    shop.earn(ana, 5000)
    shop.at = noon("2037-03-01")
    shop.earn(ana, 5000)
    for day in ("2037-12-31", "2038-01-01", "2038-11-30"):
        shop.at = noon(day)
        assert settle(shop) == []
    shop.at = noon("2038-12-01")
    assert [type(event) for event in settle(shop)] == [TierWarning]


def test_many_missed_days_are_told_step_by_step(shop: Shop) -> None:
    shop.publish(POINT_PER_RIYAL, tiers=ladder())
    ana = shop.customer()
    shop.earn(ana, 5000)
    shop.at = noon("2045-06-01")
    assert tier_of(shop, ana) is None
    settle(shop)
    assert noted(shop, ana)[1:] == [
        ("downgraded", "gold", "silver", "2038-01-01"),
        ("downgraded", "silver", None, "2039-01-01"),
    ]


def test_it_tells_of_tiers_that_a_program_brings(shop: Shop) -> None:
    shop.publish(POINT_PER_RIYAL)
    ana, ben = shop.customer(), shop.customer()
    shop.earn(ana, 1000)
    shop.earn(ben, 999)
    assert settle(shop) == []
    shop.publish(POINT_PER_RIYAL, tiers=ladder())
    assert [(event.customer_id, event.tier) for event in settle(shop)] == [(ana, "silver")]
    shop.publish(POINT_PER_RIYAL, tiers=ladder(basis="visits"))
    assert [(event.customer_id, event.tier) for event in settle(shop)] == [(ana, None)]
    assert settle(shop) == []


def test_what_a_merged_customer_still_buys_counts_by_the_next_look(shop: Shop) -> None:
    shop.publish(POINT_PER_RIYAL, tiers=ladder())
    ana, ann = shop.customer(), shop.customer()
    shop.earn(ann, 500)
    shop.merge(ana, ann)
    shop.earn(ana, 500)
    assert tier_of(shop, ann) is None
    assert [(event.customer_id, event.tier) for event in settle(shop)] == [(ann, "silver")]
    assert standing_of(shop, ann).counted == 1000
    assert settle(shop) == []


def test_who_was_merged_away_is_told_nothing_more(shop: Shop) -> None:
    shop.publish(POINT_PER_RIYAL, tiers=ladder(warning_days=7))
    ana, ann = shop.customer(), shop.customer()
    shop.earn(ana, 1000)
    shop.merge(ana, ann)
    shop.at = noon("2039-06-01")
    assert {event.customer_id for event in settle(shop)} == {ann}


def test_two_at_once_tell_once(shop: Shop) -> None:
    shop.publish(POINT_PER_RIYAL)
    for customer_id in [shop.customer() for _ in range(5)]:
        shop.sell(customer_id, line("THING", 1, 500_000))
    shop.publish(POINT_PER_RIYAL, tiers=ladder(warning_days=366, window={"kind": "calendar", "period": "month"}))
    with ThreadPoolExecutor(4) as together:
        for each in [together.submit(settle, shop) for _ in range(4)]:
            each.result()
    told = shop.told()
    assert sum(isinstance(event, TierChanged) for event in told) == 5
    assert len(shop.rows("SELECT * FROM tier_changes")) == 5


def test_the_end_of_a_floor_is_warned_of_and_told(shop: Shop) -> None:
    shop.publish(POINT_PER_RIYAL, tiers=ladder(warning_days=7))
    ana = shop.customer()
    give_tier(shop, ana, "gold", date(2036, 4, 1))
    shop.at = noon("2036-03-25")
    (warning,) = settle(shop)
    assert isinstance(warning, TierWarning)
    assert (warning.ends_on, warning.needed, warning.falls_to) == (date(2036, 4, 1), 5000, None)
    shop.at = noon("2036-04-02")
    (fallen,) = settle(shop)
    assert isinstance(fallen, TierChanged)
    assert (fallen.change, fallen.tier) == ("downgraded", None)


def test_a_shop_without_a_program_has_nothing_to_tell(shop: Shop) -> None:
    assert settle(shop) == []


def test_more_than_a_batch_is_gone_through_once(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each batch goes on where the last one ended: of those who were looked at before, nobody is looked at again."""
    monkeypatch.setattr(settling, "BATCH_MAX", 2)
    shop.publish(POINT_PER_RIYAL)
    people = sorted(shop.customer() for _ in range(5))
    for who in people:
        shop.earn(who, 1000)
    shop.publish(POINT_PER_RIYAL, tiers=ladder())
    seen: list[tuple[int, str | None]] = []

    def look(after: str) -> str | None:
        with shop.database.transaction(shop.tenant_id) as db:
            seen.append(settling.settle_tiers(db, shop.tenant_id, after=after, at=shop.at))
        return seen[-1][1]

    last = look(look("") or "")
    assert seen == [(2, people[1]), (2, people[3])]
    assert last
    assert look("") is None
    assert seen[-1] == (1, None)
    assert [tier_of(shop, who) for who in people] == ["silver"] * 5
    assert len([event for event in shop.told() if isinstance(event, TierChanged)]) == 5
    shop.publish(POINT_PER_RIYAL, tiers=ladder(basis="visits"))
    assert settle_all_tiers(shop.database, shop.tenant_id, shop.at) == 5
    assert settle_all_tiers(shop.database, shop.tenant_id, shop.at) == 0
