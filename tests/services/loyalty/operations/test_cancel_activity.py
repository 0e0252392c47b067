"""An activity that is not to count: what it gave goes, and what it used is free again."""

from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

import pytest

from contracts.events.loyalty import ActivityCancelled, DrawEntered, PlaysGiven, PointsAccrued
from kernel.ids import CustomerId
from services.loyalty.domain.refusals.activities import ActivityUnknown
from services.loyalty.domain.refusals.instant_wins import PlayTakenBack
from tests.services.loyalty.domain.build import rule
from tests.services.loyalty.domain.instant_wins import POINTS
from tests.services.loyalty.draws import Draws
from tests.services.loyalty.instant_wins import InstantWins
from tests.services.loyalty.shop import FREE_COFFEE, Shop, later

REVIEW = rule("activity", id="review", activity="review", award={"points": 20, "reward": FREE_COFFEE})
CLASS = rule(
    "activity",
    activity="class",
    draw_entries={"draw": "summer", "entries": 2},
    plays={"instant_win": "spring", "plays": 3},
)


def test_everything_it_gave_is_taken_back(shop: Shop) -> None:
    shop.publish(REVIEW, rule("activity", id="more", activity="review", award={"points": 1}))
    ana = shop.customer()
    row = shop.activity(ana, "review").row
    cancelled = shop.cancel_activity(row.id)
    assert (cancelled.status, cancelled.cancelled_by, cancelled.reason) == ("cancelled", "key_test", "a fake")
    assert shop.points(ana) == (0, 0)
    assert shop.rows("SELECT status FROM vouchers") == [{"status": "revoked"}]
    told = shop.told()[-1]
    assert isinstance(told, ActivityCancelled)
    assert told.facts == [PointsAccrued(unit="points", amount=-20), PointsAccrued(unit="points", amount=-1)]
    assert told.balance == 0


def test_two_who_cancel_at_once_take_it_back_once(shop: Shop) -> None:
    shop.publish(REVIEW)
    ana = shop.customer()
    kept, row = shop.activity(ana, "review").row, shop.activity(ana, "review").row
    assert kept.id != row.id
    with ThreadPoolExecutor(4) as staff:
        rows = list(staff.map(shop.cancel_activity, [row.id] * 6))
    assert {each.status for each in rows} == {"cancelled"}
    assert shop.points(ana) == (20, 20)
    assert len([event for event in shop.told() if isinstance(event, ActivityCancelled)]) == 1


def test_it_cannot_be_told_anew(shop: Shop) -> None:
    shop.publish(REVIEW)
    ana = shop.customer()
    shop.cancel_activity(shop.activity(ana, "review", external_id="A").row.id)
    again = shop.activity(ana, "review", external_id="A")
    assert (again.again, again.row.status) == (True, "cancelled")
    assert shop.points(ana) == (0, 0)


@pytest.mark.parametrize(("policy", "balance"), [("debt", -15), ("clamp", 0)])
def test_spent_units_are_as_the_policy_says(shop: Shop, policy: str, balance: int) -> None:
    shop.publish(REVIEW, clawback=policy)
    ana = shop.customer()
    row = shop.activity(ana, "review").row
    shop.redeem(ana, shop.offer(15))
    shop.cancel_activity(row.id)
    assert shop.balance(ana).balance == balance


def test_its_limit_is_free_again_in_its_own_period(shop: Shop) -> None:
    shop.publish(REVIEW | {"limits": [{"at_most": 1, "per": "day", "each": "everyone"}, {"at_most": 2}]})
    ana = shop.customer()
    row = shop.activity(ana, "review").row
    shop.at = later(days=1)
    shop.activity(ana, "review")
    shop.cancel_activity(row.id)
    shop.activity(ana, "review")
    assert shop.points(ana) == (20, 20), "today's is used up"
    shop.at = later(days=2)
    shop.activity(ana, "review")
    assert shop.points(ana) == (40, 40)


def test_a_cool_down_runs_from_the_one_before(shop: Shop) -> None:
    shop.publish(REVIEW | {"cool_down": {"hours": 3}})
    ana = shop.customer()
    shop.activity(ana, "review")
    shop.at = later(hours=3)
    shop.cancel_activity(shop.activity(ana, "review").row.id)
    shop.at = later(hours=4)
    shop.activity(ana, "review")
    assert shop.points(ana) == (40, 40)


def test_one_that_gave_nothing_is_cancelled_too(shop: Shop) -> None:
    ana = shop.customer()
    assert shop.cancel_activity(shop.activity(ana, "review").row.id).status == "cancelled"


def test_its_entries_and_plays_go(shop: Shop) -> None:
    draws, wheels, ana = Draws(shop), InstantWins(shop), shop.customer()
    draw_id, instant_win_id = draws.create(), wheels.create(prizes=[POINTS])
    shop.publish(CLASS, CLASS | {"id": "second"})
    kept, row = shop.activity(ana, "class").row, shop.activity(ana, "class").row
    wheels.play(instant_win_id, wheels.from_source(row.id)[0])
    assert (shop.points(ana), draws.entries(draw_id)) == ((50, 50), {ana: 8})
    shop.cancel_activity(row.id)
    shop.cancel_activity(row.id)
    assert (shop.points(ana), draws.entries(draw_id)) == ((0, 0), {ana: 4})
    gone = shop.rows("SELECT source FROM plays WHERE taken_back_at IS NOT NULL")
    assert [each["source"] for each in gone] == [row.id] * 6
    assert len(wheels.from_source(kept.id)) == 6
    told = shop.told()[-1]
    assert isinstance(told, ActivityCancelled)
    assert told.facts == [
        DrawEntered(draw="summer", draw_id=draw_id, entries=-4),
        PointsAccrued(unit="points", amount=-50),
        PlaysGiven(instant_win="spring", instant_win_id=instant_win_id, plays=-6),
    ]
    with pytest.raises(PlayTakenBack):
        wheels.play(instant_win_id, wheels.from_source(row.id)[1])
    assert shop.breaches() == []


def test_after_closing_the_list_stays_and_the_prize_goes_on(shop: Shop) -> None:
    draws, ana, ben = Draws(shop), shop.customer(), shop.customer()
    draw_id = draws.create(alternates=1, claim_days=14)
    shop.publish(rule("activity", activity="class", draw_entries={"draw": "summer"}))
    rows = {who: shop.activity(who, "class").row.id for who in (ana, ben)}
    draws.close_by_clock()
    draws.follow()
    draws.follow()
    winner, loser = [pick[0] for pick in draws.picks(draw_id)]
    shop.cancel_activity(rows[CustomerId(winner)])
    draws.follow()
    assert draws.entries(draw_id) == {ana: 1, ben: 1}
    assert draws.lines(draw_id)[-1] == (winner, -1, True)
    assert [(pick[0], pick[2], pick[3]) for pick in draws.picks(draw_id)] == [
        (winner, "passed_over", "returned"),
        (loser, "won", None),
    ]
    assert shop.breaches() == []


def test_of_a_merged_customer_the_second_gives_it_back(shop: Shop) -> None:
    draws, wheels, old, new = Draws(shop), InstantWins(shop), shop.customer(), shop.customer()
    draw_id, instant_win_id = draws.create(), wheels.create(prizes=[POINTS])
    shop.publish(CLASS)
    row = shop.activity(old, "class").row
    shop.merge(old, new)
    wheels.play(instant_win_id, wheels.from_source(row.id)[0])
    assert shop.points(new) == (50, 50)
    shop.cancel_activity(row.id)
    assert (shop.points(new), draws.entries(draw_id)) == ((0, 0), {old: 0})
    assert shop.breaches() == []


def test_those_who_cancel_and_those_who_play_at_once(shop: Shop) -> None:
    draws, wheels, ana = Draws(shop), InstantWins(shop), shop.customer()
    draw_id, instant_win_id = draws.create(), wheels.create(prizes=[POINTS])
    shop.publish(CLASS)
    row = shop.activity(ana, "class").row
    play = wheels.from_source(row.id)[0]

    def do(what: int) -> None:
        if what % 2:
            shop.cancel_activity(row.id)
        else:
            with suppress(PlayTakenBack):
                wheels.play(instant_win_id, play)

    with ThreadPoolExecutor(4) as hands:
        list(hands.map(do, range(6)))
    assert (shop.points(ana), draws.entries(draw_id)) == ((0, 0), {ana: 0})
    assert shop.breaches() == []


def test_a_neighbours_is_not_found(shop: Shop, other_shop: Shop) -> None:
    row = other_shop.activity(other_shop.customer(), "review").row
    with pytest.raises(ActivityUnknown):
        shop.cancel_activity(row.id)
