"""Being listed, which only who asks for it is."""

import pytest

from kernel.ids import CustomerId
from services.loyalty.domain.refusals.customers import CustomerBlocked, CustomerUnknown
from services.loyalty.domain.refusals.leaderboards import LeaderboardOver, LeaderboardUnknown
from tests.services.loyalty.domain.build import line
from tests.services.loyalty.leaderboards import Leaderboards
from tests.services.loyalty.shop import POINT_PER_RIYAL, Shop, later


@pytest.mark.parametrize(
    ("measure", "ana_has", "ben_has"), [("visits", 2, 1), ("earned", 20, 30), ("spend", 2000, 3000)]
)
def test_who_joins_is_listed_with_all_of_the_round(shop: Shop, measure: str, ana_has: int, ben_has: int) -> None:
    shop.publish(POINT_PER_RIYAL)
    boards, ana, ben, eve = Leaderboards(shop), shop.customer(), shop.customer(), shop.customer()
    board = boards.create(measure=measure, starts_on="2036-03-02")
    shop.sell(ana, occurred_at=later(hours=-13))  # on the day before
    for who in (ana, ana, eve):
        shop.sell(who)
    shop.sell(ben, line(quantity=3))
    boards.join(board, ana, ben, ana)
    both = sorted([(ana, ana_has), (ben, ben_has)], key=lambda each: -each[1])
    assert boards.places(board) == [(who, number + 1, has) for number, (who, has) in enumerate(both)]
    assert boards.mine(eve) == []


def test_what_comes_back_within_the_round_counts_no_more(shop: Shop) -> None:
    shop.publish(POINT_PER_RIYAL)
    boards, ana = Leaderboards(shop), shop.customer()
    board = boards.create(starts_on="2036-03-02")
    boards.join(board, ana)
    sold = shop.sell(ana).purchase.id
    assert boards.mine(ana) == [(1, 1, None)]
    shop.take_back(sold)
    assert boards.mine(ana) == [(None, 0, None)]
    assert boards.places(board) == []


def test_how_far_the_next_place_is(shop: Shop) -> None:
    shop.publish(POINT_PER_RIYAL)
    boards = Leaderboards(shop)
    board = boards.create(starts_on="2036-03-02")
    people = [shop.customer() for _ in range(5)]
    boards.join(board, *people)
    for who, visits in zip(people, (4, 2, 2, 1, 0), strict=True):
        for _ in range(visits):
            shop.sell(who)
    assert [boards.mine(who) for who in people] == [
        [(1, 4, None)],
        [(2, 2, 2)],
        [(2, 2, 2)],
        [(4, 1, 1)],
        [(None, 0, 1)],
    ]


def test_who_may_not(shop: Shop, other_shop: Shop) -> None:
    shop.publish(POINT_PER_RIYAL)
    boards = Leaderboards(shop)
    board = boards.create(ends_on="2036-03-04")
    with pytest.raises(CustomerUnknown):
        boards.join(board, CustomerId("cus_nobody"))
    with pytest.raises(CustomerUnknown):
        boards.join(board, other_shop.customer())
    with pytest.raises(CustomerBlocked):
        boards.join(board, shop.customer(status="blocked"))
    with pytest.raises(LeaderboardUnknown):
        Leaderboards(other_shop).join(board, other_shop.customer())
    shop.at = later(days=7)
    boards.settle()
    with pytest.raises(LeaderboardOver):
        boards.join(board, shop.customer())
