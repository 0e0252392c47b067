"""Segments are a set: in is in, out is out, however often it is said and by however many at once."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime
from typing import Any

import pytest

from kernel.ids import CustomerId
from services.loyalty.domain.refusals.customers import NoSuchCustomer, TooManySegments
from services.loyalty.operations.change_segment import SEGMENTS_MAX, change_segment
from tests.services.loyalty.shop import POINT_PER_RIYAL, Shop
from tests.services.loyalty.test_crash_points import at_every_statement
from tests.services.loyalty.tiers import FOR_GOLD, GOLD, LADDER, SILVER, give_tier, noted, settle, standing_of, tier_of

FOR_STAFF = [SILVER, {**GOLD, "segment": "staff"}]


def change(shop: Shop, customer_id: CustomerId, segment: str, *, inside: bool) -> Sequence[str]:
    """Say it once."""
    with shop.database.transaction(shop.tenant_id) as db:
        return change_segment(db, shop.tenant_id, customer_id, segment, inside=inside, at=shop.at)


def test_said_twice_is_said_once(shop: Shop) -> None:
    ana = shop.customer()
    assert [change(shop, ana, "vip", inside=True) for _ in range(2)] == [["vip"], ["vip"]]
    assert change(shop, ana, "gym", inside=True) == ["gym", "vip"]
    assert [list(change(shop, ana, "vip", inside=False)) for _ in range(2)] == [["gym"], ["gym"]]


def test_two_at_once_lose_nothing(shop: Shop) -> None:
    ana = shop.customer()
    names = [f"segment-{number}" for number in range(20)]
    with ThreadPoolExecutor(4) as systems:
        list(systems.map(lambda name: change(shop, ana, name, inside=True), names))
    assert change(shop, ana, names[0], inside=True) == sorted(names)


def test_there_are_only_so_many(shop: Shop) -> None:
    ana = shop.customer()
    for number in range(SEGMENTS_MAX):
        change(shop, ana, f"segment-{number}", inside=True)
    with pytest.raises(TooManySegments):
        change(shop, ana, "one-more", inside=True)
    assert len(change(shop, ana, "segment-0", inside=False)) == SEGMENTS_MAX - 1


def test_a_neighbours_customer_is_nobody(shop: Shop, other_shop: Shop) -> None:
    with pytest.raises(NoSuchCustomer):
        change(other_shop, shop.customer(), "vip", inside=True)


def noon(day: str) -> datetime:
    return datetime.fromisoformat(f"{day}T09:00").replace(tzinfo=UTC)


def publish(shop: Shop, **more: Any) -> None:
    shop.publish(POINT_PER_RIYAL, tiers={"ladder": FOR_STAFF, **more})


def test_who_comes_into_the_segment_has_the_tier_at_once(shop: Shop) -> None:
    publish(shop)
    ana = shop.customer()
    shop.earn(ana, 5000)
    assert tier_of(shop, ana) == "silver"
    change(shop, ana, "staff", inside=True)
    assert tier_of(shop, ana) == "gold"
    change(shop, ana, "staff", inside=False)
    assert tier_of(shop, ana) == "silver"
    today = "2036-03-02"
    assert noted(shop, ana) == [
        ("upgraded", None, "silver", today),
        ("upgraded", "silver", "gold", today),
        ("downgraded", "gold", "silver", today),
    ]
    assert settle(shop) == []


def test_a_sale_knows_it(shop: Shop) -> None:
    shop.publish(POINT_PER_RIYAL, FOR_GOLD, tiers={"ladder": FOR_STAFF})
    ana, ben = shop.customer(), shop.customer()
    change(shop, ana, "staff", inside=True)
    for each in (ana, ben):
        shop.earn(each, 5000)
        shop.earn(each, 10)
    assert (shop.points(ana)[0], shop.points(ben)[0]) == (5020, 5010)
    bought = shop.earn(ana, 10)
    change(shop, ana, "staff", inside=False)
    shop.take_back(bought)
    assert shop.points(ana)[0] == 5020, "a return goes by the tier of the sale"
    shop.earn(ana, 10)
    assert shop.points(ana)[0] == 5030


def test_a_segment_that_no_tier_asks_for_changes_nothing(shop: Shop) -> None:
    publish(shop)
    ana = shop.customer()
    shop.earn(ana, 5000)
    before = shop.rows("SELECT * FROM tier_progress")
    change(shop, ana, "vip", inside=True)
    assert shop.rows("SELECT * FROM tier_progress") == before


def test_what_is_kept_to_the_end_of_the_term_is_told_when_it_ends(shop: Shop) -> None:
    publish(shop, on_leaving="end_of_term", grace_days=15, warning_days=30)
    ana = shop.customer()
    change(shop, ana, "staff", inside=True)
    shop.earn(ana, 5000)
    shop.at = noon("2036-05-01")
    change(shop, ana, "staff", inside=False)
    shop.at = noon("2037-06-01")
    shop.earn(ana, 5000)
    kept = standing_of(shop, ana)
    assert (kept.tier and kept.tier.id, kept.until, kept.staying) == ("gold", date(2038, 1, 15), None)
    shop.at = noon("2038-01-01")
    assert settle(shop) == [], "nobody is warned whom no purchase helps"
    shop.at = noon("2038-01-16")
    assert tier_of(shop, ana) == "silver"
    assert [event.tier for event in settle(shop)] == ["silver"]
    assert noted(shop, ana)[-1] == ("downgraded", "gold", "silver", "2038-01-16")
    change(shop, ana, "staff", inside=True)
    assert tier_of(shop, ana) == "gold"
    shop.at = noon("2038-02-01")
    change(shop, ana, "staff", inside=False)
    assert standing_of(shop, ana).until == date(2039, 1, 15)


def test_a_return_takes_what_was_kept(shop: Shop) -> None:
    publish(shop, on_leaving="never")
    ana = shop.customer()
    change(shop, ana, "staff", inside=True)
    bought = shop.earn(ana, 5000)
    change(shop, ana, "staff", inside=False)
    assert (tier_of(shop, ana), standing_of(shop, ana).until) == ("gold", date(2037, 12, 31))
    shop.take_back(bought)
    assert tier_of(shop, ana) is None
    shop.earn(ana, 5000)
    assert tier_of(shop, ana) == "gold", "as long as the purchases are enough"


def test_who_never_had_it_keeps_nothing(shop: Shop) -> None:
    publish(shop, on_leaving="never")
    ana = shop.customer()
    change(shop, ana, "staff", inside=True)
    shop.earn(ana, 1000)
    change(shop, ana, "staff", inside=False)
    shop.earn(ana, 9000)
    assert tier_of(shop, ana) == "silver"


def test_by_hand_it_needs_no_segment(shop: Shop) -> None:
    publish(shop)
    ana = shop.customer()
    give_tier(shop, ana, "gold", date(2036, 4, 1))
    assert tier_of(shop, ana) == "gold"
    change(shop, ana, "staff", inside=True)
    change(shop, ana, "staff", inside=False)
    assert tier_of(shop, ana) == "gold"


def test_a_ladder_that_asks_for_a_segment_is_told_to_who_is_not_in_it(shop: Shop) -> None:
    shop.publish(POINT_PER_RIYAL, tiers={"ladder": LADDER})
    ana, ben = shop.customer(), shop.customer()
    change(shop, ben, "staff", inside=True)
    shop.earn(ana, 5000)
    shop.earn(ben, 5000)
    publish(shop)
    assert (tier_of(shop, ana), tier_of(shop, ben)) == ("silver", "gold")
    assert [(event.customer_id, event.tier) for event in settle(shop)] == [(ana, "silver")]


def test_it_dies_at_any_statement(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    publish(shop, on_leaving="end_of_term")
    ana = shop.customer()
    shop.earn(ana, 5000)
    inside = False

    def prepare() -> Callable[[], Any]:
        nonlocal inside
        inside = not inside
        wanted = inside
        return lambda: change(shop, ana, "staff", inside=wanted)

    at_every_statement(shop, monkeypatch, prepare)
