"""Ending a round: once, whoever comes at the same time, and for good."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta

import pytest

from contracts.events.loyalty import LeaderboardSettled
from services.loyalty.domain.refusals.leaderboards import RoundUnknown
from services.loyalty.operations.settle_leaderboard import settle_leaderboard
from tests.services.loyalty.leaderboards import Leaderboards
from tests.services.loyalty.shop import POINT_PER_RIYAL, Shop, later

SUNDAY, MONDAY = date(2036, 3, 2), date(2036, 3, 3)


def test_rounds_follow_each_other_at_midnight_in_the_shop(shop: Shop) -> None:
    shop.publish(POINT_PER_RIYAL)
    boards, ana, ben = Leaderboards(shop), shop.customer(), shop.customer()
    board = boards.create(starts_on="2036-03-02")
    boards.join(board, ana, ben)
    shop.at = later(hours=11, minutes=59)
    shop.sell(ana)
    assert boards.settle_one() == 0
    shop.at = later(hours=12)
    shop.sell(ben)
    assert [boards.settle_one(), boards.settle_one()] == [1, 0]
    assert boards.places(board, SUNDAY) == [(ana, 1, 1)]
    assert boards.places(board) == boards.places(board, MONDAY) == [(ben, 1, 1)]
    with pytest.raises(RoundUnknown):
        boards.places(board, date(2036, 3, 10))
    (told,) = [event for event in shop.told() if isinstance(event, LeaderboardSettled)]
    assert (told.starts_on, told.ends_on, told.listed) == (SUNDAY, SUNDAY, 1)


def test_what_comes_back_afterwards_changes_nothing(shop: Shop) -> None:
    shop.publish(POINT_PER_RIYAL)
    boards, ana = Leaderboards(shop), shop.customer()
    board = boards.create(starts_on="2036-03-02")
    boards.join(board, ana)
    sold = shop.sell(ana).purchase.id
    shop.at = later(days=1)
    boards.settle()
    shop.take_back(sold)
    boards.leave(board, ana)
    assert boards.places(board, SUNDAY) == [(ana, 1, 1)]
    assert shop.balance(ana).available == 100
    assert shop.breaches() == []


def test_rounds_nobody_settled_in_time_are_settled_one_after_the_other(shop: Shop) -> None:
    shop.publish(POINT_PER_RIYAL)
    boards = Leaderboards(shop)
    boards.create(ends_on="2036-03-20")
    shop.at = later(days=60)
    assert boards.settle() == 3
    rounds = shop.rows("SELECT starts_on, ends_on FROM leaderboard_rounds ORDER BY starts_on")
    assert [(row["starts_on"].day, row["ends_on"].day) for row in rounds] == [(3, 9), (10, 16), (17, 20)]
    assert shop.rows("SELECT status FROM leaderboards") == [{"status": "over"}]


def test_of_workers_at_once_one_settles(shop: Shop) -> None:
    shop.publish(POINT_PER_RIYAL)
    boards, ana = Leaderboards(shop), shop.customer()
    board = boards.create(starts_on="2036-03-02", ends_on="2036-03-02")
    boards.join(board, ana)
    shop.sell(ana)
    shop.at = later(days=1)
    with ThreadPoolExecutor(4) as workers:
        list(workers.map(lambda _: boards.settle(), range(4)))
    assert len(shop.rows("SELECT id FROM leaderboard_rounds")) == 1
    assert shop.balance(ana).available == 110
    assert shop.breaches() == []


def test_who_dies_while_settling_leaves_the_round_as_it_was(shop: Shop) -> None:
    shop.publish(POINT_PER_RIYAL)
    boards, ana = Leaderboards(shop), shop.customer()
    board = boards.create(starts_on="2036-03-02")
    boards.join(board, ana)
    shop.sell(ana)
    shop.at = later(days=1)
    with shop.database.transaction(shop.tenant_id) as db:
        assert settle_leaderboard(db, shop.tenant_id, at=shop.at) == 1
        db.rollback()
    assert shop.rows("SELECT id FROM leaderboard_rounds") == []
    boards.settle()
    assert shop.balance(ana).available == 110


def test_of_a_long_history_what_was_bought_in_the_round_counts_however_late_it_is_known(shop: Shop) -> None:
    shop.publish(POINT_PER_RIYAL)
    boards, ana = Leaderboards(shop), shop.customer()
    board = boards.create()
    boards.join(board, ana)
    midnight = later(hours=12)
    for minutes in (-600, -300, -10):
        shop.at = midnight + timedelta(minutes=minutes)
        shop.sell(ana)
    # Two by a till whose clock runs ahead: it is Monday there already.
    shop.at = midnight - timedelta(minutes=2)
    for _sale in range(2):
        shop.sell(ana, occurred_at=midnight + timedelta(minutes=1))
    shop.at = midnight + timedelta(hours=9)
    walk_in = shop.sell(None).purchase.id
    shop.sell(ana, occurred_at=midnight - timedelta(days=1))
    shop.sell(ana)
    # What was sold without a connection, days ago, comes in no order.
    shop.at = midnight + timedelta(days=3)
    for days in (2, -1, 1):
        shop.sell(ana, occurred_at=midnight + timedelta(days=days))
    shop.claim(walk_in, ana)
    assert boards.places(board) == [(ana, 1, 6)]
    shop.at = midnight + timedelta(days=7)
    shop.sell(ana)
    boards.settle()
    assert boards.places(board, MONDAY) == [(ana, 1, 6)]
