"""What is handed over was claimed by that."""

from tests.services.loyalty.draws import Draws
from tests.services.loyalty.shop import Shop, later


def test_claimed_and_handed_over(shop: Shop) -> None:
    draws, ana = Draws(shop), shop.customer()
    draw_id = draws.drawn(ana, claim_days=14)
    assert draws.hand_over(draw_id, 1).status == "handed_over"
    assert draws.hand_over(draw_id, 1).status == "handed_over"
    assert draws.claim(draw_id, 1).status == "handed_over"
    told = [event.event_type for event in shop.told()]
    assert told.count("loyalty.draw_prize_claimed.v1") == 1


def test_not_to_whom_it_was_too_late_for(shop: Shop) -> None:
    draws = Draws(shop)
    draw_id = draws.drawn(shop.customer(), claim_days=14)
    shop.at = later(days=22)
    assert draws.hand_over(draw_id, 1).status == "passed_over"
