"""A version tried on an activity: it says what it would give, and leaves no trace."""

from datetime import datetime

import pytest

from kernel.ids import CustomerId
from services.loyalty.domain.activity import Activity
from services.loyalty.domain.evaluate_activity import Outcome
from services.loyalty.domain.refusals.customers import CustomerBlocked
from services.loyalty.domain.refusals.programs import RuleUnknown
from services.loyalty.operations.rehearse_activity import rehearse_activity
from tests.services.loyalty.domain.build import rule
from tests.services.loyalty.draws import Draws
from tests.services.loyalty.instant_wins import InstantWins
from tests.services.loyalty.shop import NOON, Shop, later

REVIEW = rule("activity", id="review", activity="review", award={"points": 20}, limits=[{"at_most": 1, "per": "day"}])


def rehearsed(shop: Shop, version: tuple[str, int], who: CustomerId, *without: str, at: datetime = NOON) -> Outcome:
    activity = Activity(customer_id=who, kind="review", external_id="A", occurred_at=at)
    with shop.database.transaction(shop.tenant_id) as db:
        return rehearse_activity(db, shop.tenant_id, *version, activity, without=without, at=at)[0]


def test_a_draft_says_what_it_would_give(shop: Shop) -> None:
    shop.publish(REVIEW)
    draft = shop.draft(REVIEW | {"award": {"points": 50}})
    ana = shop.customer()
    before = shop.everything()
    (effect,) = rehearsed(shop, draft, ana).effects
    assert effect.amount == 50  # type: ignore[union-attr]
    assert rehearsed(shop, draft, ana, "review") == Outcome()
    assert shop.everything() == before


def test_it_says_what_entries_and_plays_it_would_bring(shop: Shop) -> None:
    draws, wheels, ana = Draws(shop), InstantWins(shop), shop.customer()
    draws.create()
    wheels.create()
    version = shop.publish(REVIEW | {"draw_entries": {"draw": "summer"}, "plays": {"instant_win": "spring"}})
    before = shop.everything()
    assert [effect.kind for effect in rehearsed(shop, version, ana).effects] == ["accrue", "enter_draw", "give_plays"]
    late = rehearsed(shop, version, ana, at=later(days=7))
    assert [miss.condition for miss in late.misses] == ["draw_closed", "instant_win_closed"]
    assert shop.everything() == before


def test_limits_are_as_they_are_at_that_moment(shop: Shop) -> None:
    version = shop.publish(REVIEW)
    ana = shop.customer()
    shop.activity(ana, "review")
    assert [miss.condition for miss in rehearsed(shop, version, ana).misses] == ["limit"]
    assert len(rehearsed(shop, version, ana, at=later(days=1)).effects) == 1


def test_what_is_refused_when_it_is_meant_is_refused_here(shop: Shop) -> None:
    version = shop.publish(REVIEW)
    with pytest.raises(CustomerBlocked):
        rehearsed(shop, version, shop.customer(status="blocked"))
    with pytest.raises(RuleUnknown):
        rehearsed(shop, version, shop.customer(), "nothing")
