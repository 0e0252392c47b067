"""Held units are spent: exactly once, and even when their lot has died meanwhile."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from kernel.refusal import Refused
from services.loyalty.domain.refusals.wallets import CaptureTooLarge, HoldClosed, HoldUnknown, InsufficientPoints
from tests.services.loyalty.shop import POINT_PER_RIYAL, Shop, later


def test_a_hold_is_captured_whole(shop: Shop) -> None:
    ana = shop.customer()
    shop.adjust(ana, 100)
    hold = shop.hold(ana, 60)
    shop.at = later(minutes=1)
    captured = shop.capture(hold.id)
    assert (captured.status, captured.captured, captured.closed_at) == ("captured", 60, shop.at)
    balance = shop.balance(ana)
    assert (balance.balance, balance.held, balance.available) == (40, 0, 40)
    (line,) = shop.rows("SELECT reference, amount FROM entries WHERE kind = 'burn' AND wallet = 'customer'")
    assert line == {"reference": hold.id, "amount": -60}


@pytest.mark.parametrize(("amount", "refusal"), [(1, None), (59, None), (60, None), (61, CaptureTooLarge)])
def test_a_part_is_captured_and_the_rest_is_free(shop: Shop, amount: int, refusal: type[Refused] | None) -> None:
    ana = shop.customer()
    shop.adjust(ana, 100)
    hold = shop.hold(ana, 60)
    if refusal:
        with pytest.raises(refusal):
            shop.capture(hold.id, amount)
        assert shop.balance(ana).held == 60
    else:
        assert shop.capture(hold.id, amount).captured == amount
        assert shop.points(ana) == (100 - amount, 100 - amount)


def test_a_closed_hold_stays_closed(shop: Shop) -> None:
    ana = shop.customer()
    shop.adjust(ana, 100)
    hold = shop.hold(ana, 60)
    shop.capture(hold.id)
    for again in (shop.capture, shop.release):
        with pytest.raises(HoldClosed) as refused:
            again(hold.id)
        assert refused.value.params == {"status": "captured"}
    assert shop.points(ana) == (40, 40)


@pytest.mark.parametrize(("seconds", "in_time"), [(59, True), (60, False)])
def test_both_sides_of_the_end_of_a_hold(shop: Shop, seconds: int, in_time: bool) -> None:
    ana = shop.customer()
    shop.adjust(ana, 100)
    hold = shop.hold(ana, 60, seconds=60)
    shop.at = later(seconds=seconds)
    if in_time:
        assert shop.capture(hold.id).status == "captured"
        return
    with pytest.raises(HoldClosed) as refused:
        shop.capture(hold.id)
    assert refused.value.params == {"status": "expired"}


def test_nobodys_hold(shop: Shop, other_shop: Shop) -> None:
    omar = other_shop.customer()
    other_shop.adjust(omar, 10)
    for hold_id in ("hld_nothing", other_shop.hold(omar, 10).id):
        with pytest.raises(HoldUnknown):
            shop.capture(hold_id)
    assert other_shop.balance(omar).held == 10


@pytest.mark.parametrize("swept", [True, False], ids=["the job ran", "the job did not run"])
def test_a_promise_outlives_its_lot(shop: Shop, swept: bool) -> None:
    ana = shop.customer()
    shop.adjust(ana, 100, expires_at=later(minutes=5))
    hold = shop.hold(ana, 60, minutes=15)
    shop.at = later(minutes=10)
    if swept:
        shop.expire()
    assert shop.points(ana) == (0, 0)
    assert shop.capture(hold.id).captured == 60
    shop.expire()
    assert shop.rows("SELECT kind, sum(amount) FROM entries WHERE wallet = 'customer' GROUP BY kind ORDER BY kind") == [
        {"kind": "adjustment", "sum": 100},
        {"kind": "burn", "sum": -60},
        {"kind": "expiry", "sum": -40},
    ]


@pytest.mark.parametrize("swept", [True, False], ids=["the job ran", "the job did not run"])
def test_what_came_later_is_not_spent_for_what_died(shop: Shop, swept: bool) -> None:
    ana = shop.customer()
    shop.adjust(ana, 100, expires_at=later(minutes=5))
    hold = shop.hold(ana, 60, minutes=15)
    shop.at = later(minutes=10)
    shop.adjust(ana, 60)
    if swept:
        shop.expire()
    shop.capture(hold.id)
    assert shop.points(ana) == (60, 60)


def test_a_promise_can_be_kept_from_what_came_later(shop: Shop) -> None:
    shop.publish(POINT_PER_RIYAL)
    ana = shop.customer()
    sold = shop.earn(ana, 100)
    hold = shop.hold(ana, 60)
    shop.take_back(sold)
    shop.at = later(minutes=1)
    shop.earn(ana, 60)
    assert shop.capture(hold.id).captured == 60


def test_another_hold_whose_time_is_over_takes_nothing(shop: Shop) -> None:
    shop.publish(POINT_PER_RIYAL)
    ana = shop.customer()
    sold = shop.earn(ana, 40)
    shop.adjust(ana, 60)
    hold = shop.hold(ana, 60)
    shop.hold(ana, 40, minutes=1)
    shop.take_back(sold)
    shop.at = later(minutes=1)
    assert shop.capture(hold.id).captured == 60


@pytest.mark.parametrize("order", [[0, 1], [1, 0]], ids=["the first first", "the second first"])
def test_every_promise_can_be_kept_in_any_order(shop: Shop, order: list[int]) -> None:
    ana = shop.customer()
    shop.adjust(ana, 100)
    first = shop.hold(ana, 60)
    shop.at = later(minutes=1)
    shop.adjust(ana, 100)
    holds = [first, shop.hold(ana, 140)]
    for place in order:
        shop.capture(holds[place].id)
    assert shop.points(ana) == (0, 0)


def test_what_a_return_took_cannot_be_captured(shop: Shop) -> None:
    shop.publish(POINT_PER_RIYAL)
    ana = shop.customer()
    sold = shop.earn(ana, 100)
    hold = shop.hold(ana, 60)
    shop.take_back(sold)
    with pytest.raises(InsufficientPoints):
        shop.capture(hold.id)
    assert shop.balance(ana).held == 60


def test_exactly_one_of_capture_release_and_time_out(shop: Shop) -> None:
    """At the very moment a hold ends, its customer, the till and the job all want to close it."""
    ana = shop.customer()
    shop.adjust(ana, 100)
    ended: list[str] = []
    for _round in range(4):
        hold = shop.hold(ana, 10, minutes=1)

        def attempt(way: str, hold_id: str = hold.id) -> str | None:
            try:
                if way == "time_out":
                    # The job's clock is where the tills' will be in an instant.
                    clock = Shop(shop.database, shop.tenant_id, later(minutes=1))
                    return "expired" if clock.time_out() else None
                return (shop.capture if way == "capture" else shop.release)(hold_id).status
            except HoldClosed:
                return None

        with ThreadPoolExecutor(6) as doors:
            winners = [won for won in doors.map(attempt, ["capture", "release", "time_out"] * 2) if won]
        assert len(winners) == 1
        ended += winners
        assert shop.rows("SELECT status FROM holds WHERE id = :id", id=hold.id) == [{"status": winners[0]}]
    left = 100 - 10 * ended.count("captured")
    assert shop.points(ana) == (left, left)
