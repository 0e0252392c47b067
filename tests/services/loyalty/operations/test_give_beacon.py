"""A beacon is given once, after the list was frozen, and only where one was announced."""

import pytest

from services.loyalty.domain.refusals.draws import BeaconNotExpected, DrawNotClosed, DrawUnknown
from tests.services.loyalty.draws import Draws
from tests.services.loyalty.shop import Shop


def test_the_winners_wait_for_it(shop: Shop) -> None:
    draws = Draws(shop)
    draw_id = draws.drawn(shop.customer(), beacon="a block")
    assert draws.follow() == 0
    draws.beacon(draw_id, "00ff")
    assert draws.beacon(draw_id, "00ff").beacon == "00ff"
    with pytest.raises(BeaconNotExpected):
        draws.beacon(draw_id, "another")
    draws.follow()
    assert draws.proof(draw_id).beacon == "00ff"
    assert len(draws.picks(draw_id)) == 1


def test_refused(shop: Shop, other_shop: Shop) -> None:
    draws = Draws(shop)
    early = draws.create(beacon="a block")
    with pytest.raises(DrawNotClosed):
        draws.beacon(early)
    with pytest.raises(DrawUnknown):
        Draws(other_shop).beacon(early)
    without = draws.drawn(shop.customer(), draw="winter")
    with pytest.raises(BeaconNotExpected):
        draws.beacon(without)
