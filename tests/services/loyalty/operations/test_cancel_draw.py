"""A draw can be called off until it closes, and not when its outcome is near."""

import pytest

from contracts.events.loyalty import DrawCancelled
from services.loyalty.domain.refusals.draws import DrawNotOpen, DrawUnknown
from tests.services.loyalty.draws import ENTRY_PER_VISIT, Draws
from tests.services.loyalty.shop import Shop, later


def test_nobody_is_entered_any_more(shop: Shop) -> None:
    draws, ana = Draws(shop), shop.customer()
    draw_id = draws.create()
    shop.publish(ENTRY_PER_VISIT)
    bought = shop.sell(ana).purchase
    assert draws.cancel(draw_id).status == "cancelled"
    assert draws.cancel(draw_id).version == 2
    assert len([event for event in shop.told() if isinstance(event, DrawCancelled)]) == 1
    with pytest.raises(DrawNotOpen):
        draws.enter(draw_id, ana)
    assert '"draw_unknown"' in shop.sell(ana).purchase.misses
    shop.take_back(bought.id)
    assert draws.lines(draw_id) == [(ana, 1, False), (ana, -1, True)]
    assert shop.breaches() == []


def test_not_from_closing_on(shop: Shop, other_shop: Shop) -> None:
    draw_id = Draws(shop).create()
    with pytest.raises(DrawUnknown):
        Draws(other_shop).cancel(draw_id)
    shop.at = later(days=7)
    with pytest.raises(DrawNotOpen):
        Draws(shop).cancel(draw_id)
