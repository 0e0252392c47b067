"""Units that live as long as the customer comes: an activity moves the end of all of them, and revives none."""

from datetime import datetime

import pytest

from services.loyalty.tables.ledger import LotRow
from tests.services.loyalty.domain.build import line, rule
from tests.services.loyalty.shop import POINT_PER_RIYAL, Shop, later

SLIDING = {"kind": "sliding", "days": 30}
# Nothing is earned on what is below one riyal.
TRIFLE = line("GUM", 1, 50)


def end_of_day(days: int) -> datetime:
    """Midnight in Riyadh after the day so many days from now."""
    return later(days=days, hours=12)


def lots(shop: Shop) -> list[tuple[int, bool, datetime | None]]:
    return [
        (row["remaining"], row["sliding"], row["expires_at"])
        for row in shop.rows("SELECT remaining, sliding, expires_at FROM lots ORDER BY earned_at")
    ]


def test_a_purchase_moves_the_end_of_all_units_even_if_it_earns_nothing(shop: Shop) -> None:
    shop.publish(POINT_PER_RIYAL, expiry=SLIDING)
    ana = shop.customer()
    shop.earn(ana, 100)
    assert shop.balance(ana).next_expiry == (end_of_day(30), 100)
    shop.at = end_of_day(30).replace(minute=0) - (later(seconds=1) - later())
    shop.sell(ana, TRIFLE)
    assert shop.balance(ana).next_expiry == (end_of_day(60), 100)
    assert shop.points(ana) == (100, 100)


def test_an_activity_costs_the_same_however_many_lots_there_are(shop: Shop) -> None:
    shop.publish(POINT_PER_RIYAL, expiry=SLIDING)
    ana = shop.customer()
    for _purchase in range(3):
        shop.earn(ana, 10)
    before = shop.rows(f"SELECT id, xmin::text FROM {LotRow.__tablename__} ORDER BY id")
    shop.at = later(days=10)
    shop.sell(ana, TRIFLE)
    assert shop.rows(f"SELECT id, xmin::text FROM {LotRow.__tablename__} ORDER BY id") == before
    assert shop.balance(ana).next_expiry == (end_of_day(40), 30)


@pytest.mark.parametrize("swept", [True, False], ids=["after the job", "before the job"])
def test_what_died_stays_dead(shop: Shop, swept: bool) -> None:
    shop.publish(POINT_PER_RIYAL, expiry=SLIDING)
    ana = shop.customer()
    shop.earn(ana, 100)
    shop.at = end_of_day(30)
    if swept:
        assert shop.expire() == 2
    assert shop.points(ana) == (0, 0)
    shop.earn(ana, 5)
    assert shop.points(ana) == (5, 5)
    assert shop.balance(ana).next_expiry == (end_of_day(61), 5)
    assert shop.expire() == (0 if swept else 1)
    assert lots(shop) == [(0, False, end_of_day(30)), (5, True, None)]
    assert shop.points(ana) == (5, 5)


def test_an_activity_right_after_the_end_revives_nothing_even_when_a_gift_came_between(shop: Shop) -> None:
    shop.publish(POINT_PER_RIYAL, expiry=SLIDING)
    ana = shop.customer()
    shop.earn(ana, 100)
    shop.at = end_of_day(30)
    assert shop.adjust(ana, 7) == 107
    shop.sell(ana, TRIFLE)
    assert shop.points(ana) == (7, 7)
    shop.expire()
    assert shop.points(ana) == (7, 7)


def test_a_redemption_and_a_capture_are_activities_a_gift_is_not(shop: Shop) -> None:
    shop.publish(POINT_PER_RIYAL, expiry=SLIDING)
    ana = shop.customer()
    shop.earn(ana, 100)
    shop.at = later(days=10)
    shop.adjust(ana, 1)
    assert shop.balance(ana).next_expiry == (end_of_day(30), 100)
    shop.redeem(ana, shop.offer(10))
    assert shop.balance(ana).next_expiry == (end_of_day(40), 90)
    shop.at = later(days=20)
    shop.capture(shop.hold(ana, 10).id)
    assert shop.balance(ana).next_expiry == (end_of_day(50), 80)


def test_held_units_that_lapsed_can_still_be_captured(shop: Shop) -> None:
    shop.publish(POINT_PER_RIYAL, expiry=SLIDING)
    ana = shop.customer()
    shop.earn(ana, 100)
    hold = shop.hold(ana, 60, days=40)
    shop.at = end_of_day(30)
    shop.expire()
    shop.capture(hold.id)
    assert shop.points(ana) == (0, 0)
    shop.expire()
    assert shop.rows("SELECT balance FROM wallets") == [{"balance": 0}]


def test_a_return_after_a_purchase_slid_takes_back_what_it_made(shop: Shop) -> None:
    shop.publish(POINT_PER_RIYAL, expiry=SLIDING)
    ana = shop.customer()
    first = shop.sell(ana, line("THING", 2, 5000)).purchase.id
    shop.at = later(days=10)
    shop.earn(ana, 30)
    shop.take_back(first, {0: 1})
    assert shop.points(ana) == (80, 80)
    assert shop.balance(ana).next_expiry == (end_of_day(40), 80)


def test_a_program_that_stops_sliding_moves_the_end_no_more(shop: Shop) -> None:
    shop.publish(POINT_PER_RIYAL, expiry=SLIDING)
    ana = shop.customer()
    shop.earn(ana, 100)
    shop.at = later(days=10)
    shop.publish(POINT_PER_RIYAL)
    shop.earn(ana, 5)
    assert shop.balance(ana).next_expiry == (end_of_day(30), 100)
    shop.at = end_of_day(30)
    assert shop.points(ana) == (5, 5)


def test_only_the_units_that_slide_slide(shop: Shop) -> None:
    shop.publish(
        rule("earn", per=100),
        expiry={"kind": "rolling", "days": 5},
        further_units=[{"unit": "stars", "expiry": SLIDING}],
    )
    ana = shop.customer()
    shop.earn(ana, 10)
    shop.at = later(days=2)
    shop.sell(ana, TRIFLE)
    assert shop.balance(ana).next_expiry == (end_of_day(5), 10)
