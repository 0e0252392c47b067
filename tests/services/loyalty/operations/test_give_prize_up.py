"""Who does not want a prize leaves it to the next in line."""

import pytest

from services.loyalty.domain.draw_proof import faults_of
from services.loyalty.domain.refusals.draws import DrawWinSettled, DrawWinUnknown
from tests.services.loyalty.draws import Draws
from tests.services.loyalty.shop import Shop


def test_the_next_in_line_has_it(shop: Shop) -> None:
    draws = Draws(shop)
    draw_id = draws.drawn(shop.customer(), shop.customer(), alternates=1, claim_days=14)
    given_up = draws.give_up(draw_id, 1)
    assert (given_up.status, given_up.reason, given_up.note) == ("passed_over", "declined", "no room")
    assert [pick[1:] for pick in draws.picks(draw_id)] == [(0, "passed_over", "declined"), (0, "won", None)]
    assert "no room" not in draws.proof(draw_id).model_dump_json()
    assert list(faults_of(draws.proof(draw_id))) == []


def test_not_what_somebody_has(shop: Shop) -> None:
    draws = Draws(shop)
    draw_id = draws.drawn(shop.customer(), shop.customer(), alternates=1, claim_days=14)
    draws.claim(draw_id, 1)
    with pytest.raises(DrawWinSettled):
        draws.give_up(draw_id, 1)
    with pytest.raises(DrawWinUnknown):
        draws.give_up(draw_id, 2)
