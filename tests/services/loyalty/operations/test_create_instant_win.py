"""An instant win is announced once, and commits to its secret there and then."""

import hashlib
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from contracts.events.loyalty import InstantWinAnnounced
from services.loyalty.domain.refusals.awards import AwardUnitUnknown
from services.loyalty.domain.refusals.instant_wins import InstantWinClosesTooSoon, InstantWinNameTaken
from tests.services.loyalty.domain.instant_wins import BAG, POINTS
from tests.services.loyalty.instant_wins import InstantWins, week
from tests.services.loyalty.shop import NOON, POINT_PER_RIYAL, Shop, later


def test_the_secret_is_committed_to(shop: Shop) -> None:
    instant_win_id = InstantWins(shop).create()
    (told,) = [event for event in shop.told() if isinstance(event, InstantWinAnnounced)]
    made = InstantWins(shop).read(instant_win_id)
    assert told.commitment == hashlib.sha256(made.secret).hexdigest() == made.commitment.hex()
    assert told.terms == made.terms == week().as_text()
    assert (told.instant_win_id, told.opens_at, told.closes_at) == (instant_win_id, NOON, later(days=7))
    assert made.secret.hex() not in told.model_dump_json()


def test_no_two_have_the_same_secret(shop: Shop) -> None:
    wheels = InstantWins(shop)
    secrets = {wheels.read(wheels.create(instant_win=f"wheel-{number}")).secret for number in range(5)}
    assert len(secrets) == 5


def test_a_name_is_for_one_that_is_open(shop: Shop, other_shop: Shop) -> None:
    wheels = InstantWins(shop)
    first = wheels.create()
    with pytest.raises(InstantWinNameTaken):
        wheels.create()
    assert InstantWins(other_shop).create()
    wheels.stop(first)
    assert wheels.create() != first


def test_two_at_once(shop: Shop) -> None:
    def create(_turn: int) -> bool:
        try:
            InstantWins(shop).create()
        except InstantWinNameTaken:
            return False
        return True

    with ThreadPoolExecutor(4) as tills:
        assert sorted(tills.map(create, range(4))) == [False, False, False, True]


def test_a_unit_that_the_program_lacks_is_refused(shop: Shop) -> None:
    wheels, miles = InstantWins(shop), {**POINTS, "award": {"points": 50, "unit": "miles"}}
    early = wheels.create(instant_win="early", prizes=[miles], out_of=2)
    shop.publish(POINT_PER_RIYAL)
    shop.at = NOON - timedelta(hours=1)
    opening = wheels.create(instant_win="later", prizes=[POINTS], out_of=2)
    before = shop.everything()
    with pytest.raises(AwardUnitUnknown):
        wheels.create(prizes=[BAG, miles], out_of=2)
    with pytest.raises(AwardUnitUnknown):
        wheels.change(opening, prizes=[miles])
    assert shop.everything() == before
    assert wheels.read(early).status == "open", "there was no program to ask"


def test_one_that_is_over_cannot_be_announced(shop: Shop) -> None:
    shop.at = later(days=7)
    with pytest.raises(InstantWinClosesTooSoon):
        InstantWins(shop).create()
    assert shop.rows("SELECT * FROM instant_wins") == []
