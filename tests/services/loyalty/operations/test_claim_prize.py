"""A prize is claimed once, with its award."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from contracts.events.loyalty import DrawPrizeClaimed
from services.loyalty.domain.refusals.draws import DrawUnknown, DrawWinSettled, DrawWinUnknown
from services.loyalty.domain.refusals.programs import NoLiveProgram
from tests.services.loyalty.domain.draws import BICYCLE
from tests.services.loyalty.draws import Draws
from tests.services.loyalty.shop import POINT_PER_RIYAL, Shop, later

POINTS = {**BICYCLE, "award": {"points": 500}}


def test_the_award_is_given_once(shop: Shop) -> None:
    draws, ana = Draws(shop), shop.customer()
    shop.publish(POINT_PER_RIYAL)
    draw_id = draws.drawn(ana, prizes=[POINTS], claim_days=14)
    with ThreadPoolExecutor(4) as tills:
        claimed = list(tills.map(lambda _till: draws.claim(draw_id, 1).status, range(4)))
    assert claimed == ["claimed"] * 4
    assert shop.balance(ana).balance == 500
    (told,) = [event for event in shop.told() if isinstance(event, DrawPrizeClaimed)]
    assert (told.customer_id, told.pick, [fact.kind for fact in told.facts]) == (ana, 1, ["accrue"])


def test_what_nobody_has_to_claim_is_given_at_once(shop: Shop) -> None:
    draws, ana = Draws(shop), shop.customer()
    shop.publish(POINT_PER_RIYAL)
    draw_id = draws.drawn(ana, prizes=[POINTS])
    assert draws.picks(draw_id) == [(ana, 0, "claimed", None)]
    assert shop.balance(ana).balance == 500
    assert draws.follow() == 0


def test_an_award_waits_for_a_program(shop: Shop) -> None:
    draws, ana = Draws(shop), shop.customer()
    draw_id = draws.drawn(ana, prizes=[POINTS])
    assert draws.picks(draw_id) == [(ana, 0, "won", None)]
    with pytest.raises(NoLiveProgram):
        draws.claim(draw_id, 1)
    shop.publish(POINT_PER_RIYAL)
    draws.follow()
    assert draws.picks(draw_id) == [(ana, 0, "claimed", None)]


def test_whoever_was_merged_gets_it_where_they_are_now(shop: Shop) -> None:
    draws, old, ana = Draws(shop), shop.customer(), shop.customer()
    shop.publish(POINT_PER_RIYAL)
    draw_id = draws.drawn(old, prizes=[POINTS], claim_days=14)
    shop.merge(old, ana)
    draws.claim(draw_id, 1)
    assert (shop.balance(old).balance, shop.balance(ana).balance) == (0, 500)


def test_too_late_is_the_next_ones(shop: Shop) -> None:
    draws = Draws(shop)
    draw_id = draws.drawn(shop.customer(), shop.customer(), alternates=1, claim_days=14)
    shop.at = later(days=22)
    assert draws.claim(draw_id, 1).status == "passed_over"
    with pytest.raises(DrawWinSettled):
        draws.claim(draw_id, 1)
    assert draws.claim(draw_id, 2).status == "claimed"


def test_what_is_not_there(shop: Shop, other_shop: Shop) -> None:
    draws = Draws(shop)
    draw_id = draws.drawn(shop.customer(), shop.customer(), alternates=1, claim_days=14)
    for pick in (2, 3):
        with pytest.raises(DrawWinUnknown):
            draws.claim(draw_id, pick)
    with pytest.raises(DrawUnknown):
        Draws(other_shop).claim(draw_id, 1)
