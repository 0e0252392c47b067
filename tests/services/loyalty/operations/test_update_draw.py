"""Terms can be changed until the draw opens, and not by who has seen older ones."""

import pytest
from pydantic import ValidationError

from chassis.web.etags import VersionStale
from contracts.events.loyalty import DrawAnnounced
from services.loyalty.domain.refusals.draws import DrawClosesTooSoon, DrawOpened, DrawUnknown
from tests.services.loyalty.draws import Draws
from tests.services.loyalty.shop import Shop, later


@pytest.fixture
def draw_id(shop: Shop) -> str:
    """A draw that opens tomorrow."""
    return Draws(shop).create(opens_at=later(days=1).isoformat())


def test_the_change_is_announced_and_the_seed_stays(shop: Shop, draw_id: str) -> None:
    before = Draws(shop).read(draw_id)
    draw = Draws(shop).change(draw_id, expected=1, alternates=3, closes_at=later(days=9))
    assert (draw.version, draw.closes_at, draw.seed) == (2, later(days=9), before.seed)
    first, second = [event for event in shop.told() if isinstance(event, DrawAnnounced)]
    assert (first.commitment, second.terms) == (second.commitment, draw.terms)
    assert '"alternates":3' in second.terms


def test_the_same_again_is_no_change(shop: Shop, draw_id: str) -> None:
    assert Draws(shop).change(draw_id, alternates=0).version == 1
    assert len(shop.told()) == 1


def test_not_by_who_has_seen_an_older_version(shop: Shop, draw_id: str) -> None:
    Draws(shop).change(draw_id, alternates=1)
    with pytest.raises(VersionStale):
        Draws(shop).change(draw_id, expected=1, alternates=2)


def test_not_once_it_has_opened(shop: Shop, draw_id: str) -> None:
    shop.at = later(days=1)
    with pytest.raises(DrawOpened):
        Draws(shop).change(draw_id, alternates=1)


def test_what_does_not_go_together(shop: Shop, draw_id: str, other_shop: Shop) -> None:
    with pytest.raises(ValidationError):
        Draws(shop).change(draw_id, closes_at=later(hours=1))
    with pytest.raises(DrawClosesTooSoon):
        Draws(shop).change(draw_id, opens_at=later(days=-2), closes_at=later(days=-1))
    with pytest.raises(DrawUnknown):
        Draws(other_shop).change(draw_id, alternates=1)
