"""An award taken back: once, by the clawback policy, its voucher with it."""

import pytest

from contracts.events.loyalty import PointsAccrued
from tests.services.loyalty.shop import FREE_COFFEE, POINT_PER_RIYAL, Shop, later


def test_units_and_the_voucher_are_taken_back_once(shop: Shop) -> None:
    shop.publish(POINT_PER_RIYAL)
    ana = shop.customer()
    shop.earn(ana, 10)
    shop.award(ana, {"points": 50, "reward": FREE_COFFEE})
    assert shop.take_award(ana) == (PointsAccrued(unit="points", amount=-50),)
    assert shop.points(ana) == (10, 10)
    assert shop.rows("SELECT status FROM vouchers") == [{"status": "revoked"}]
    before = shop.everything()
    assert shop.take_award(ana) == ()
    assert shop.everything() == before


def test_what_was_taken_back_is_not_given_again(shop: Shop) -> None:
    shop.publish(POINT_PER_RIYAL)
    ana = shop.customer()
    shop.award(ana, {"points": 50})
    shop.take_award(ana)
    assert shop.award(ana, {"points": 50}).effects == ()
    assert shop.points(ana) == (0, 0)


@pytest.mark.parametrize(("policy", "points"), [("debt", (-20, 0)), ("clamp", (0, 0)), ("pending_only", (30, 30))])
def test_what_becomes_of_spent_units(shop: Shop, policy: str, points: tuple[int, int]) -> None:
    shop.publish(POINT_PER_RIYAL, clawback=policy)
    ana = shop.customer()
    shop.award(ana, {"points": 50})
    shop.redeem(ana, shop.offer(20))
    shop.take_award(ana)
    assert shop.points(ana) == points


@pytest.mark.parametrize("swept", [True, False])
def test_what_died_is_not_taken_a_second_time(shop: Shop, swept: bool) -> None:
    shop.publish(POINT_PER_RIYAL, expiry={"kind": "rolling", "days": 1})
    ana = shop.customer()
    shop.award(ana, {"points": 50})
    shop.at = later(days=3)
    shop.earn(ana, 10)
    if swept:
        shop.expire()
    shop.take_award(ana)
    assert shop.points(ana) == (10, 10)


def test_a_used_voucher_stays_used(shop: Shop) -> None:
    shop.publish(POINT_PER_RIYAL)
    ana = shop.customer()
    shop.award(ana, {"reward": FREE_COFFEE})
    (voucher,) = shop.rows("SELECT code FROM vouchers")
    shop.sell(ana, codes=[voucher["code"]])
    assert shop.take_award(ana) == ()
    assert shop.rows("SELECT status FROM vouchers") == [{"status": "used"}]


def test_it_makes_room_under_the_cap_of_its_period(shop: Shop) -> None:
    shop.publish(POINT_PER_RIYAL, period_max=100)
    ana = shop.customer()
    shop.award(ana, {"points": 80})
    shop.take_award(ana)
    shop.earn(ana, 100)
    assert shop.points(ana) == (100, 100)


def test_what_was_never_given_is_not_taken(shop: Shop, other_shop: Shop) -> None:
    shop.publish(POINT_PER_RIYAL)
    other_shop.publish(POINT_PER_RIYAL)
    ana, bob = shop.customer(), other_shop.customer()
    other_shop.award(bob, {"points": 50})
    assert shop.take_award(ana) == ()
    assert other_shop.points(bob) == (50, 50)
