"""Giving what the places win: each once, whoever dies in between."""

import json
import re
from pathlib import Path

from sqlalchemy import text

from contracts.events.loyalty import LeaderboardWon
from services.loyalty.operations.give_leaderboard_prizes import give_leaderboard_prizes
from tests.services.loyalty.leaderboards import Leaderboards
from tests.services.loyalty.shop import FREE_COFFEE, POINT_PER_RIYAL, Shop, later

PAGE = Path(__file__).parents[4] / "docs/rules/leaderboards.md"


def test_the_example_of_the_page(shop: Shop) -> None:
    (block,) = re.findall(r"```json\n(.*?)```", PAGE.read_text(), re.DOTALL)
    shop.publish()
    boards = Leaderboards(shop)
    board = boards.create(**json.loads(block))
    people = [shop.customer() for _ in range(5)]
    boards.join(board, *people[:4])
    shop.at = later(days=2)
    for who, visits in zip(people, (4, 2, 2, 1, 5), strict=True):
        for _ in range(visits):
            shop.sell(who)
    assert boards.mine(people[3]) == [(4, 1, 1)]
    shop.at = later(days=9)
    boards.settle()
    assert [shop.balance(who).available for who in people] == [100, 30, 30, 0, 0]
    places = {event.customer_id: event.place for event in shop.told() if isinstance(event, LeaderboardWon)}
    assert places == {people[0]: 1, people[1]: 2, people[2]: 2}
    assert shop.breaches() == []


def test_a_voucher_is_a_prize_too(shop: Shop) -> None:
    shop.publish(POINT_PER_RIYAL)
    boards, ana = Leaderboards(shop), shop.customer()
    board = boards.create(starts_on="2036-03-02", prizes=[{"up_to": 1, "award": {"reward": FREE_COFFEE}}])
    boards.join(board, ana)
    shop.sell(ana)
    shop.at = later(days=1)
    boards.settle()
    assert shop.rows("SELECT customer_id, status FROM vouchers") == [{"customer_id": ana, "status": "issued"}]


def test_who_dies_while_giving_is_followed_by_another(shop: Shop) -> None:
    shop.publish(POINT_PER_RIYAL)
    boards, ana = Leaderboards(shop), shop.customer()
    board = boards.create(starts_on="2036-03-02")
    boards.join(board, ana)
    shop.sell(ana)
    shop.at = later(days=1)
    boards.settle_one()
    with shop.database.transaction(shop.tenant_id) as db:
        assert give_leaderboard_prizes(db, shop.tenant_id, at=shop.at) == 1
        db.rollback()
    assert shop.balance(ana).available == 10
    assert [boards.settle(), boards.settle()] == [1, 0]
    assert shop.balance(ana).available == 110
    assert shop.breaches() == []


def test_who_is_blocked_by_then_wins_nothing_and_nobody_moves_up(shop: Shop) -> None:
    shop.publish(POINT_PER_RIYAL)
    boards, ana, ben = Leaderboards(shop), shop.customer(), shop.customer()
    board = boards.create(starts_on="2036-03-02")
    boards.join(board, ana, ben)
    for who in (ana, ana, ben):
        shop.sell(who)
    shop.at = later(days=1)
    boards.settle_one()
    with shop.database.transaction(shop.tenant_id) as db:
        db.execute(text("UPDATE customers SET status = 'blocked' WHERE customer_id = :id"), {"id": ana})
    boards.settle()
    assert [shop.balance(who).available for who in (ana, ben)] == [20, 10]
    assert shop.rows("SELECT status FROM leaderboard_places ORDER BY place") == [
        {"status": "passed_over"},
        {"status": "none"},
    ]
