"""An activity that is not to count: what it gave goes, and what it used is free again."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from contracts.events.loyalty import ActivityCancelled, PointsAccrued
from services.loyalty.domain.refusals.activities import ActivityUnknown
from tests.services.loyalty.domain.build import rule
from tests.services.loyalty.shop import FREE_COFFEE, Shop, later

REVIEW = rule("activity", id="review", activity="review", award={"points": 20, "reward": FREE_COFFEE})


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


def test_a_neighbours_is_not_found(shop: Shop, other_shop: Shop) -> None:
    row = other_shop.activity(other_shop.customer(), "review").row
    with pytest.raises(ActivityUnknown):
        shop.cancel_activity(row.id)
