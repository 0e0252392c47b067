"""Letting no further round begin."""

import pytest

from services.loyalty.domain.refusals.leaderboards import LeaderboardUnknown
from tests.services.loyalty.leaderboards import Leaderboards
from tests.services.loyalty.shop import POINT_PER_RIYAL, Shop, later


def test_the_round_of_now_is_the_last_and_is_settled(shop: Shop) -> None:
    shop.publish(POINT_PER_RIYAL)
    boards, ana = Leaderboards(shop), shop.customer()
    board = boards.create(starts_on="2036-03-02")
    boards.join(board, ana)
    shop.sell(ana)
    assert [boards.stop(board), boards.stop(board)] == ["last_round", "last_round"]
    shop.at = later(days=30)
    boards.settle()
    assert shop.rows("SELECT status FROM leaderboards") == [{"status": "over"}]
    assert len(shop.rows("SELECT id FROM leaderboard_rounds")) == 1
    assert shop.balance(ana).available == 110
    assert boards.stop(board) == "over"


def test_a_neighbour_stops_nothing(shop: Shop, other_shop: Shop) -> None:
    shop.publish(POINT_PER_RIYAL)
    board = Leaderboards(shop).create()
    with pytest.raises(LeaderboardUnknown):
        Leaderboards(other_shop).stop(board)
