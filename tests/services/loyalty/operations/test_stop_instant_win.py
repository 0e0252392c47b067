"""One that is stopped is over at once: what was won stays won, and everybody can check it."""

import pytest

from contracts.events.loyalty import InstantWinEnded
from services.loyalty.domain.instant_win_proof import faults_of
from services.loyalty.domain.refusals.instant_wins import InstantWinNotOpen, InstantWinUnknown
from tests.services.loyalty.instant_wins import BY, InstantWins
from tests.services.loyalty.shop import Shop, later


def test_nobody_plays_any_more(shop: Shop) -> None:
    wheels, ana = InstantWins(shop), shop.customer()
    instant_win_id = wheels.create()
    first, second = wheels.give(instant_win_id, ana, 2)
    assert wheels.play(instant_win_id, first).outcome == "won"
    stopped = wheels.stop(instant_win_id)
    assert (stopped.status, stopped.reason, stopped.actor) == ("stopped", BY.reason, BY.actor)
    with pytest.raises(InstantWinNotOpen):
        wheels.play(instant_win_id, second)
    assert wheels.play(instant_win_id, first).outcome == "won", "the same answer ever after"
    assert wheels.hand_over(instant_win_id, first).handed_over_at == shop.at
    (told,) = [event for event in shop.told() if isinstance(event, InstantWinEnded)]
    assert (told.secret, told.turns, told.reason) == (stopped.secret.hex(), 1, BY.reason)
    assert list(faults_of(wheels.proof(instant_win_id))) == []
    assert shop.breaches() == []


def test_again_changes_nothing(shop: Shop) -> None:
    wheels = InstantWins(shop)
    instant_win_id = wheels.create(opens_at=later(days=1).isoformat())
    assert wheels.stop(instant_win_id).version == 2
    shop.at = later(days=9)
    assert wheels.stop(instant_win_id).version == 2
    assert wheels.end() == 0
    assert len([event for event in shop.told() if isinstance(event, InstantWinEnded)]) == 1


def test_refused(shop: Shop, other_shop: Shop) -> None:
    wheels = InstantWins(shop)
    instant_win_id = wheels.create()
    with pytest.raises(InstantWinUnknown):
        InstantWins(other_shop).stop(instant_win_id)
    shop.at = later(days=7)
    with pytest.raises(InstantWinNotOpen):
        wheels.stop(instant_win_id)
    assert wheels.read(instant_win_id).status == "open"
