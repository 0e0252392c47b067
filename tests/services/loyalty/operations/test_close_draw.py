"""A list is frozen when its time is over, and its hash is published before the seed."""

from contracts.events.loyalty import DrawClosed
from services.loyalty.domain.draw_proof import faults_of
from services.loyalty.domain.draw_seal import first_link
from tests.services.loyalty.draws import Draws
from tests.services.loyalty.shop import Shop, later


def test_the_hash_is_told_and_the_seed_is_not(shop: Shop) -> None:
    draws = Draws(shop)
    draw_id = draws.drawn(shop.customer(), beacon="a block")
    draw, proof = draws.read(draw_id), draws.proof(draw_id)
    (told,) = [event for event in shop.told() if isinstance(event, DrawClosed)]
    assert (draw.status, told.lines, told.entries, told.entries_hash) == ("closed", 1, 1, proof.entries_hash)
    assert (proof.seed, proof.picks, list(faults_of(proof))) == (None, [], [])


def test_not_before_its_time(shop: Shop) -> None:
    draws = Draws(shop)
    draw_id = draws.create()
    shop.at = later(days=7, seconds=-1)
    draws.follow()
    assert draws.read(draw_id).status == "open"


def test_one_without_entries(shop: Shop) -> None:
    draws = Draws(shop)
    draw_id = draws.drawn()
    draw = draws.read(draw_id)
    assert (draw.status, draw.hash) == ("drawn", first_link(draw_id, draw.commitment, draw.terms))
    assert draws.picks(draw_id) == []
    assert list(faults_of(draws.proof(draw_id))) == []
