"""A thing that was won is handed over by hand, once."""

import pytest

from services.loyalty.domain.refusals.instant_wins import NothingToHandOver, PlayUnknown
from tests.services.loyalty.domain.instant_wins import POINTS
from tests.services.loyalty.instant_wins import InstantWins
from tests.services.loyalty.shop import POINT_PER_RIYAL, Shop, later


def test_it_is_noted_once(shop: Shop) -> None:
    wheels, ana = InstantWins(shop), shop.customer()
    instant_win_id = wheels.create()
    (play,) = wheels.give(instant_win_id, ana)
    with pytest.raises(NothingToHandOver):
        wheels.hand_over(instant_win_id, play)
    wheels.play(instant_win_id, play)
    first = wheels.hand_over(instant_win_id, play)
    assert (first.handed_over_at, first.handed_over_by) == (shop.at, "key_test")
    shop.at = later(days=30)
    assert wheels.hand_over(instant_win_id, play).handed_over_at == first.handed_over_at


def test_refused(shop: Shop, other_shop: Shop) -> None:
    shop.publish(POINT_PER_RIYAL)
    wheels, ana = InstantWins(shop), shop.customer()
    points = wheels.create(prizes=[POINTS])
    nothing = wheels.create(instant_win="unlucky", out_of=1_000_000_000)
    (first,), (second,) = wheels.give(points, ana), wheels.give(nothing, ana)
    wheels.play(points, first)
    wheels.play(nothing, second)
    for instant_win_id, play in ((points, first), (nothing, second)):
        with pytest.raises(NothingToHandOver):
            wheels.hand_over(instant_win_id, play)
    with pytest.raises(PlayUnknown):
        wheels.hand_over(nothing, first)
    assert shop.rows("SELECT * FROM plays WHERE handed_over_at IS NOT NULL") == []
