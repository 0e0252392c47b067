"""Making a leaderboard."""

import pytest
from pydantic import ValidationError

from services.loyalty.domain.refusals.leaderboards import LeaderboardOver, LeaderboardUnits
from services.loyalty.domain.refusals.programs import ProgramMissing
from tests.services.loyalty.leaderboards import HUNDRED, Leaderboards, weekly
from tests.services.loyalty.shop import POINT_PER_RIYAL, Shop


def test_nobody_is_on_a_new_one(shop: Shop) -> None:
    shop.publish(POINT_PER_RIYAL)
    boards = Leaderboards(shop)
    board = boards.create(starts_on="2036-03-02")
    shop.sell(shop.customer())
    assert boards.places(board) == []


def test_it_needs_a_program(shop: Shop) -> None:
    with pytest.raises(ProgramMissing):
        Leaderboards(shop).create()


def test_it_counts_and_gives_units_of_the_program(shop: Shop) -> None:
    shop.publish(POINT_PER_RIYAL)
    boards = Leaderboards(shop)
    with pytest.raises(LeaderboardUnits):
        boards.create(measure="earned", unit="miles")
    with pytest.raises(LeaderboardUnits):
        boards.create(prizes=[{"up_to": 1, "award": {"points": 1, "unit": "miles"}}])


def test_it_is_not_over_before_it_begins(shop: Shop) -> None:
    shop.publish(POINT_PER_RIYAL)
    with pytest.raises(LeaderboardOver):
        Leaderboards(shop).create(starts_on="2036-01-01", ends_on="2036-03-01")


@pytest.mark.parametrize(
    "wrong",
    [
        {"per": None},
        {"per": None, "ends_on": "2036-03-02"},
        {"unit": "points"},
        {"prizes": [HUNDRED, HUNDRED]},
        {"prizes": [{**HUNDRED, "up_to": 3}, HUNDRED]},
        {"prizes": [{**HUNDRED, "up_to": 0}]},
    ],
)
def test_what_does_not_go_together_is_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        weekly(**wrong)
