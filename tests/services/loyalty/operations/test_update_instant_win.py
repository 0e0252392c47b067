"""Until an instant win opens its terms can be changed; from then on they stand."""

import pytest
from pydantic import ValidationError

from chassis.web.etags import VersionStale
from contracts.events.loyalty import InstantWinAnnounced
from services.loyalty.domain.refusals.instant_wins import (
    InstantWinClosesTooSoon,
    InstantWinOpened,
    InstantWinUnknown,
)
from tests.services.loyalty.domain.instant_wins import BAG
from tests.services.loyalty.instant_wins import InstantWins
from tests.services.loyalty.shop import NOON, Shop, later

SOON = {"opens_at": later(days=1).isoformat()}


def test_what_is_given_is_set_and_announced_anew(shop: Shop) -> None:
    wheels = InstantWins(shop)
    instant_win_id = wheels.create(**SOON)
    before = wheels.read(instant_win_id)
    after = wheels.change(instant_win_id, expected=1, out_of=10, play_days=3)
    assert (after.version, after.play_days, after.secret) == (2, 3, before.secret)
    told = [event for event in shop.told() if isinstance(event, InstantWinAnnounced)]
    assert [event.commitment for event in told] == [before.commitment.hex()] * 2
    assert told[1].terms == wheels.read(instant_win_id).terms != told[0].terms
    assert wheels.change(instant_win_id, out_of=10).version == 2, "nothing is different"


def test_refused(shop: Shop, other_shop: Shop) -> None:
    wheels = InstantWins(shop)
    instant_win_id = wheels.create(**SOON)
    with pytest.raises(VersionStale):
        wheels.change(instant_win_id, expected=7, out_of=10)
    with pytest.raises(ValidationError, match="more chances"):
        wheels.change(instant_win_id, prizes=[{**BAG, "chances": 2}])
    with pytest.raises(InstantWinClosesTooSoon):
        wheels.change(instant_win_id, opens_at=later(days=-2), closes_at=NOON)
    with pytest.raises(InstantWinUnknown):
        InstantWins(other_shop).change(instant_win_id, out_of=10)
    shop.at = later(days=1)
    with pytest.raises(InstantWinOpened):
        wheels.change(instant_win_id, out_of=10)
    assert wheels.read(instant_win_id).version == 1
