"""A draw is announced once, and commits to its seed there and then."""

import hashlib
from concurrent.futures import ThreadPoolExecutor

import pytest

from contracts.events.loyalty import DrawAnnounced
from services.loyalty.domain.refusals.draws import DrawClosesTooSoon, DrawNameTaken
from tests.services.loyalty.draws import Draws, march
from tests.services.loyalty.shop import NOON, Shop, later


def test_the_seed_is_committed_to(shop: Shop) -> None:
    draw_id = Draws(shop).create()
    (told,) = [event for event in shop.told() if isinstance(event, DrawAnnounced)]
    draw = Draws(shop).read(draw_id)
    assert told.commitment == hashlib.sha256(draw.seed).hexdigest() == draw.commitment.hex()
    assert told.terms == draw.terms == march().as_text()
    assert (told.draw_id, told.opens_at, told.closes_at) == (draw_id, NOON, later(days=7))
    assert draw.seed.hex() not in told.model_dump_json()


def test_no_two_have_the_same_seed(shop: Shop) -> None:
    draws = Draws(shop)
    seeds = {draws.read(draws.create(draw=f"draw-{number}")).seed for number in range(5)}
    assert len(seeds) == 5


def test_a_name_is_for_one_open_draw(shop: Shop, other_shop: Shop) -> None:
    draws = Draws(shop)
    first = draws.create()
    with pytest.raises(DrawNameTaken):
        draws.create()
    assert Draws(other_shop).create()
    draws.cancel(first)
    assert draws.create() != first


def test_two_at_once(shop: Shop) -> None:
    def create(_turn: int) -> bool:
        try:
            Draws(shop).create()
        except DrawNameTaken:
            return False
        return True

    with ThreadPoolExecutor(4) as tills:
        assert sorted(tills.map(create, range(4))) == [False, False, False, True]


def test_one_that_is_over_cannot_be_announced(shop: Shop) -> None:
    shop.at = later(days=7)
    with pytest.raises(DrawClosesTooSoon):
        Draws(shop).create()
    assert shop.rows("SELECT * FROM prize_draws") == []
