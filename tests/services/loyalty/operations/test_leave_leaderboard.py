"""Being listed no more."""

from tests.services.loyalty.leaderboards import Leaderboards
from tests.services.loyalty.shop import POINT_PER_RIYAL, Shop


def test_who_leaves_is_listed_no_more_and_may_come_back(shop: Shop) -> None:
    shop.publish(POINT_PER_RIYAL)
    boards, ana = Leaderboards(shop), shop.customer()
    board = boards.create(starts_on="2036-03-02")
    boards.join(board, ana)
    shop.sell(ana)
    boards.leave(board, ana)
    boards.leave(board, ana)
    assert (boards.places(board), boards.mine(ana)) == ([], [])
    boards.join(board, ana)
    assert boards.places(board) == [(ana, 1, 1)]
