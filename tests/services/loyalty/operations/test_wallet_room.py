"""Caps on a real wallet: sale after sale, at once, after returns, over the end of a period."""

import pytest

from services.loyalty.domain.refusals.wallets import EndsInThePast, InsufficientPoints
from tests.services.loyalty.domain.build import line, rule
from tests.services.loyalty.shop import POINT_PER_RIYAL, Shop, later


def test_a_full_wallet_takes_no_more_until_something_is_spent(shop: Shop) -> None:
    shop.publish(POINT_PER_RIYAL, balance_max=150)
    ana = shop.customer()
    shop.earn(ana, 100)
    shop.earn(ana, 100)
    assert shop.points(ana) == (150, 150)
    shop.earn(ana, 10)
    shop.redeem(ana, shop.offer(40))
    shop.earn(ana, 100)
    assert shop.points(ana) == (150, 150)


def test_sales_of_one_batch_share_the_room(shop: Shop) -> None:
    shop.publish(POINT_PER_RIYAL, balance_max=150)
    ana = shop.customer()
    shop.record(*(shop.sale(ana, line("THING", 1, 10000)) for _sale in range(3)))
    assert shop.points(ana) == (150, 150)


def test_what_died_makes_room_before_the_job_has_run(shop: Shop) -> None:
    shop.publish(POINT_PER_RIYAL, balance_max=150, expiry={"kind": "rolling", "days": 1})
    ana = shop.customer()
    shop.earn(ana, 150)
    shop.at = later(days=2)
    shop.earn(ana, 100)
    assert shop.points(ana) == (100, 100)


def test_a_debt_makes_room(shop: Shop) -> None:
    shop.publish(POINT_PER_RIYAL, balance_max=100)
    ana = shop.customer()
    sold = shop.earn(ana, 100)
    shop.redeem(ana, shop.offer(100))
    shop.take_back(sold)
    shop.earn(ana, 500)
    assert shop.points(ana) == (100, 100)


def test_a_return_takes_back_no_more_than_the_cap_gave(shop: Shop) -> None:
    shop.publish(POINT_PER_RIYAL, sale_max=100)
    ana = shop.customer()
    sold = shop.sell(ana, line("THING", 3, 6000)).purchase.id
    assert shop.points(ana) == (100, 100)
    shop.take_back(sold, {0: 1})
    assert shop.points(ana) == (100, 100), "two still earn more than the cap"
    shop.take_back(sold, {0: 1})
    assert shop.points(ana) == (60, 60)
    shop.take_back(sold)
    assert shop.points(ana) == (0, 0)


def test_a_period_counts_what_its_sales_earned(shop: Shop) -> None:
    shop.publish(POINT_PER_RIYAL, period_max=100, period="day")
    ana = shop.customer()
    first = shop.earn(ana, 70)
    shop.earn(ana, 70)
    assert shop.points(ana) == (100, 100)
    shop.take_back(first)
    shop.earn(ana, 90)
    assert shop.points(ana) == (100, 100), "what came back made room"
    shop.at = later(hours=12)
    shop.earn(ana, 500)
    assert shop.points(ana) == (200, 200), "another day in the shop"


def test_what_an_earlier_period_gets_back_makes_no_room_in_this_one(shop: Shop) -> None:
    shop.publish(POINT_PER_RIYAL, period_max=100, period="day")
    ana = shop.customer()
    first = shop.earn(ana, 100)
    shop.at = later(hours=12)
    shop.earn(ana, 100)
    shop.take_back(first)
    shop.earn(ana, 50)
    assert shop.points(ana) == (100, 100)


def test_a_program_may_take_what_there_is(shop: Shop) -> None:
    shop.publish(POINT_PER_RIYAL, overspend="clamp")
    ana = shop.customer()
    shop.earn(ana, 70)
    assert shop.adjust(ana, -20) == 50
    assert shop.hold(ana, 80).amount == 50
    with pytest.raises(InsufficientPoints):
        shop.adjust(ana, -1)
    with pytest.raises(InsufficientPoints):
        shop.redeem(ana, shop.offer(60))


def test_a_gift_that_is_dead_as_it_comes_is_refused(shop: Shop) -> None:
    ana = shop.customer()
    with pytest.raises(EndsInThePast):
        shop.adjust(ana, 10, expires_at=later())
    assert shop.adjust(ana, 10, expires_at=later(seconds=1)) == 10


@pytest.mark.parametrize(
    ("policy", "points"),
    [
        pytest.param("debt", (-70, 0), id="owed"),
        pytest.param("clamp", (0, 0), id="let go"),
        pytest.param("pending_only", (30, 30), id="spendable units are left alone"),
    ],
)
def test_what_becomes_of_spent_units(shop: Shop, policy: str, points: tuple[int, int]) -> None:
    shop.publish(POINT_PER_RIYAL, clawback=policy)
    ana = shop.customer()
    sold = shop.sell(ana, line("A", 2, 5000)).purchase.id
    shop.redeem(ana, shop.offer(70))
    shop.take_back(sold)
    assert shop.points(ana) == points


def test_what_was_let_go_is_not_given_a_second_time(shop: Shop) -> None:
    half_price = rule("discount", percent_off=50, conditions=[{"kind": "spend_at_least", "amount": 10000}])
    shop.publish(half_price, POINT_PER_RIYAL, clawback="clamp")
    ana = shop.customer()
    sold = shop.sell(ana, line("A", 1, 9000), line("B", 1, 2000), line("C", 1, 5000)).purchase.id
    shop.redeem(ana, shop.offer(80))
    shop.take_back(sold, {2: 1})
    assert shop.points(ana) == (0, 0), "55 instead of 80: the 25 had been spent"
    shop.take_back(sold, {1: 1})
    assert shop.points(ana) == (10, 10), "90 without the discount, 55 before: 35 more, of which 25 were never taken"
    assert [row["waived"] for row in shop.rows("SELECT waived FROM returns ORDER BY id")] == [25, -25]


def test_pending_units_of_the_purchase_are_taken_whatever_the_policy(shop: Shop) -> None:
    for policy in ("debt", "clamp", "pending_only"):
        shop.publish(POINT_PER_RIYAL, clawback=policy, pending_days=7)
        ana = shop.customer()
        shop.take_back(shop.earn(ana, 100))
        assert (shop.points(ana), shop.balance(ana).pending) == ((0, 0), 0)
