"""Activities: rewarded once, by the version of their moment, within their limits."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from contracts.events.loyalty import ActivityRecorded, DrawEntered, PlaysGiven, PointsAccrued, VoucherIssued
from services.loyalty.domain.effects import IssueVoucher, effects_from_json
from services.loyalty.domain.refusals.activities import ActivityConflict
from services.loyalty.domain.refusals.customers import CustomerBlocked, CustomerUnknown
from services.loyalty.operations.record_activity import Recorded
from services.loyalty.tables.receipts import MISSES
from tests.services.loyalty.domain.build import NAME, rule
from tests.services.loyalty.draws import Draws
from tests.services.loyalty.instant_wins import InstantWins
from tests.services.loyalty.shop import FREE_COFFEE, NOON, POINT_PER_RIYAL, Shop, later

REVIEW = rule("activity", id="review", activity="review", award={"points": 20})


def test_it_is_rewarded_and_told(shop: Shop) -> None:
    photo = rule(
        "activity",
        id="photo",
        activity="review",
        award={"points": 1, "reward": FREE_COFFEE},
        conditions=[{"kind": "attribute_equals", "attribute": "photo", "value": True}],
    )
    program_id, version = shop.publish(REVIEW, photo)
    ana = shop.customer()
    row = shop.activity(ana, "review", photo=True, stars=5).row
    assert (row.status, row.program_id, row.program_version) == ("recorded", program_id, version)
    assert shop.points(ana) == (21, 21)
    made = shop.rows("SELECT reference, rule, amount FROM lots ORDER BY amount")
    assert made == [
        {"reference": row.id, "rule": "photo", "amount": 1},
        {"reference": row.id, "rule": "review", "amount": 20},
    ]
    (voucher,) = shop.rows("SELECT id, code, source FROM vouchers")
    (issued,) = [effect for effect in effects_from_json(row.effects) if isinstance(effect, IssueVoucher)]
    assert (voucher["code"], voucher["source"]) == (issued.code, row.id)
    told = shop.told()[-1]
    assert isinstance(told, ActivityRecorded)
    assert (told.activity, told.activity_id, told.customer_id, told.balance) == ("review", row.id, ana, 21)
    assert told.facts == [
        PointsAccrued(unit="points", amount=20),
        PointsAccrued(unit="points", amount=1),
        VoucherIssued(voucher_id=voucher["id"], reward_name=NAME),
    ]
    assert issued.code is not None
    assert issued.code not in told.model_dump_json()
    assert "stars" not in told.model_dump_json()


def test_entries_and_plays_come_with_it(shop: Shop) -> None:
    draws, wheels, ana = Draws(shop), InstantWins(shop), shop.customer()
    draw_id, instant_win_id = draws.create(entries_per_customer=4), wheels.create()
    chances = {"draw_entries": {"draw": "summer", "entries": 2}, "plays": {"instant_win": "spring"}}
    shop.publish(
        REVIEW | chances | {"limits": [{"at_most": 1}]},
        rule("activity", id="more", activity="review", draw_entries={"draw": "summer"}),
    )
    row = shop.activity(ana, "review", external_id="A", occurred_at=NOON).row
    assert (shop.points(ana), draws.entries(draw_id), len(wheels.from_source(row.id))) == ((20, 20), {ana: 3}, 1)
    assert shop.rows("SELECT rule FROM awards") == [{"rule": "review"}], "entries alone are no award"
    told = shop.told()[-1]
    assert isinstance(told, ActivityRecorded)
    assert told.facts == [
        PointsAccrued(unit="points", amount=20),
        DrawEntered(draw="summer", draw_id=draw_id, entries=2),
        PlaysGiven(instant_win="spring", instant_win_id=instant_win_id, plays=1),
        DrawEntered(draw="summer", draw_id=draw_id, entries=1),
    ]
    shop.activity(ana, "review", external_id="A", occurred_at=NOON)
    assert draws.entries(draw_id) == {ana: 3}, "the same again brings nothing"
    shop.activity(ana, "review")
    third = shop.activity(ana, "review").row
    assert [miss.condition for miss in MISSES.validate_json(third.misses)] == ["limit", "draw_entries"]
    assert draws.entries(draw_id) == {ana: 4}
    assert shop.breaches() == []


def test_what_a_draw_leaves_holds_for_all_who_come_at_once(shop: Shop) -> None:
    draws, ana = Draws(shop), shop.customer()
    draw_id = draws.create(entries_per_customer=5)
    shop.publish(rule("activity", activity="review", draw_entries={"draw": "summer", "entries": 2}))
    with ThreadPoolExecutor(4) as tills:
        list(tills.map(lambda _till: shop.activity(ana, "review"), range(6)))
    assert draws.entries(draw_id) == {ana: 5}
    assert shop.breaches() == []


def test_what_is_told_after_closing_brings_the_rest(shop: Shop) -> None:
    draws, ana = Draws(shop), shop.customer()
    draw_id = draws.create()
    shop.publish(REVIEW | {"draw_entries": {"draw": "summer"}})
    draws.close_by_clock()
    row = shop.activity(ana, "review", occurred_at=NOON).row
    assert [miss.condition for miss in MISSES.validate_json(row.misses)] == ["draw_closed"]
    assert (shop.points(ana), draws.entries(draw_id)) == ((20, 20), {})


def test_the_same_again_changes_nothing(shop: Shop) -> None:
    shop.publish(REVIEW)
    ana = shop.customer()
    first = shop.activity(ana, "review", external_id="A", occurred_at=NOON, stars=5)
    before = shop.everything()
    shop.at = later(days=400)
    again = shop.activity(ana, "review", external_id="A", occurred_at=NOON, stars=5)
    assert (first.again, again.again, again.row.id) == (False, True, first.row.id)
    assert shop.everything() == before


@pytest.mark.parametrize("change", [{"stars": 4}, {"occurred_at": later(minutes=1)}])
def test_other_content_is_refused(shop: Shop, change: dict[str, object]) -> None:
    shop.publish(REVIEW)
    ana = shop.customer()
    known = {"external_id": "A", "occurred_at": NOON, "stars": 5}
    shop.activity(ana, "review", **known)
    other = shop.customer()
    before = shop.everything()
    for wrong, who in ((change, ana), ({}, other)):
        with pytest.raises(ActivityConflict):
            shop.activity(who, "review", **{**known, **wrong})
    assert shop.everything() == before
    assert shop.activity(ana, "visit", **known).again is False, "another kind is another activity"


def test_of_two_tills_that_tell_at_once_one_is_first(shop: Shop) -> None:
    shop.publish(REVIEW)
    ana = shop.customer()

    def tell(_till: int) -> Recorded:
        return shop.activity(ana, "review", external_id="A", occurred_at=NOON)

    with ThreadPoolExecutor(4) as tills:
        told = list(tills.map(tell, range(8)))
    assert sorted(each.again for each in told) == [False] + [True] * 7
    assert len({each.row.id for each in told}) == 1
    assert shop.points(ana) == (20, 20)


@pytest.mark.parametrize("each", ["customer", "everyone"])
def test_limits_hold_for_all_who_come_at_once(shop: Shop, each: str) -> None:
    shop.publish(REVIEW | {"limits": [{"at_most": 3, "per": "month", "each": each}]})
    ana = shop.customer()

    def tell(_till: int) -> int:
        return len(effects_from_json(shop.activity(ana, "review").row.effects))

    with ThreadPoolExecutor(4) as tills:
        assert sum(tills.map(tell, range(8))) == 3
    assert shop.points(ana) == (60, 60)
    shop.at = later(days=31)
    shop.activity(ana, "review")
    assert shop.points(ana) == (80, 80)


def test_a_cool_down_runs_from_the_last_one(shop: Shop) -> None:
    shop.publish(REVIEW | {"cool_down": {"hours": 2}})
    ana = shop.customer()
    for hours in (0, 1, 2):
        shop.at = later(hours=hours)
        shop.activity(ana, "review")
    assert shop.points(ana) == (40, 40)


def test_the_version_of_the_moment_decides(shop: Shop) -> None:
    shop.publish(REVIEW)
    shop.at = later(days=1)
    shop.publish(REVIEW | {"award": {"points": 50}})
    ana = shop.customer()
    shop.activity(ana, "review", occurred_at=NOON)
    assert shop.points(ana) == (20, 20)
    shop.activity(ana, "review")
    assert shop.points(ana) == (70, 70)


def test_a_clock_that_runs_ahead_is_read_as_now(shop: Shop) -> None:
    shop.publish(REVIEW)
    row = shop.activity(shop.customer(), "review", occurred_at=later(days=1)).row
    assert row.occurred_at == NOON


def test_without_a_program_it_is_only_kept(shop: Shop) -> None:
    ana = shop.customer()
    row = shop.activity(ana, "review").row
    assert (row.program_id, row.effects, row.misses) == (None, "[]", "[]")
    told = shop.told()[-1]
    assert isinstance(told, ActivityRecorded)
    assert (told.facts, told.balance) == ([], None)


def test_it_keeps_alive_what_slides(shop: Shop) -> None:
    shop.publish(POINT_PER_RIYAL, REVIEW, expiry={"kind": "sliding", "days": 10})
    ana = shop.customer()
    shop.earn(ana, 10)
    shop.at = later(days=9)
    shop.activity(ana, "other")
    shop.at = later(days=15)
    assert shop.points(ana) == (10, 10)


def test_who_may_not_is_refused_and_nothing_is_kept(shop: Shop, other_shop: Shop) -> None:
    shop.publish(REVIEW)
    blocked, neighbour = shop.customer(status="blocked"), other_shop.customer()
    before = shop.everything()
    for who, why in ((blocked, CustomerBlocked), ("cus_nobody", CustomerUnknown), (neighbour, CustomerUnknown)):
        with pytest.raises(why):
            shop.activity(who, "review", external_id="A")
    assert shop.everything() == before
    assert shop.activity(shop.customer(), "review", external_id="A").again is False


def test_a_purchase_counts_nothing_of_an_activity(shop: Shop) -> None:
    shop.publish(POINT_PER_RIYAL, REVIEW | {"limits": [{"at_most": 1}]})
    ana = shop.customer()
    shop.activity(ana, "review")
    assert shop.sell(ana).purchase.used is None
    assert shop.rows("SELECT rule, amount FROM tallies") == [{"rule": "review", "amount": 1}]
    shop.activity(ana, "review", occurred_at=shop.at - timedelta(days=1))
    assert shop.points(ana) == (30, 30)
