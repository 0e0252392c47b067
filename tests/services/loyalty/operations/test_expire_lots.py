"""Units that died are booked: once, the oldest first, and never what a hold may still capture."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from contracts.events.loyalty import PointsExpired
from services.loyalty.operations import expire_lots as module
from services.loyalty.operations.expire_lots import expire_lots
from tests.services.loyalty.shop import Shop, later


def expiries(shop: Shop) -> list[tuple[int, int]]:
    """Each expiry that was told, and the balance after it."""
    return [(event.amount, event.balance) for event in shop.told() if isinstance(event, PointsExpired)]


def test_dead_lots_are_booked_once_and_told_once_for_a_wallet(shop: Shop) -> None:
    ana = shop.customer()
    shop.adjust(ana, 10, expires_at=later(days=1))
    shop.adjust(ana, 20, expires_at=later(days=2))
    shop.adjust(ana, 40, expires_at=later(days=3))
    shop.adjust(ana, 80)
    shop.at = later(days=1, seconds=-1)
    assert shop.expire() == 0
    shop.at = later(days=2)
    assert (shop.expire(), shop.expire()) == (2, 0)
    assert expiries(shop) == [(30, 120)]
    assert shop.points(ana) == (120, 120)
    lines = shop.rows(
        "SELECT amount, occurred_at, recorded_at FROM entries WHERE kind = 'expiry' AND wallet = 'customer' "
        "ORDER BY occurred_at"
    )
    assert [(row["amount"], row["occurred_at"], row["recorded_at"]) for row in lines] == [
        (-10, later(days=1), shop.at),
        (-20, later(days=2), shop.at),
    ]
    shop.at = later(days=3)
    assert shop.expire() == 1


def test_held_units_stay_until_their_hold_is_closed(shop: Shop) -> None:
    ana = shop.customer()
    shop.adjust(ana, 100, expires_at=later(minutes=1))
    shop.adjust(ana, 30)
    hold = shop.hold(ana, 70)
    shop.at = later(minutes=2)
    assert shop.expire() == 1
    assert expiries(shop) == [(30, 100)]
    shop.capture(hold.id)
    assert (shop.points(ana), shop.expire()) == ((30, 30), 0)


def test_of_the_held_those_that_died_last_stay(shop: Shop) -> None:
    ana = shop.customer()
    shop.adjust(ana, 10, expires_at=later(minutes=1))
    shop.adjust(ana, 10, expires_at=later(minutes=2))
    shop.hold(ana, 15)
    shop.at = later(minutes=3)
    assert shop.expire() == 1
    left = shop.rows("SELECT expires_at, remaining FROM lots ORDER BY expires_at")
    assert [row["remaining"] for row in left] == [5, 10]


def test_more_customers_than_one_transaction_takes(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "OWNERS_MAX", 2)
    for _number in range(5):
        shop.adjust(shop.customer(), 10, expires_at=later(days=1))
    shop.at = later(days=1)
    with shop.database.transaction(shop.tenant_id) as db:
        assert expire_lots(db, shop.tenant_id, at=shop.at) == 2
    assert shop.expire() == 3
    assert shop.rows("SELECT DISTINCT balance FROM wallets") == [{"balance": 0}]


def test_what_is_held_keeps_no_others_from_being_booked(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "OWNERS_MAX", 1)
    ana, omar = shop.customer(), shop.customer()
    shop.adjust(ana, 10, expires_at=later(days=1))
    shop.adjust(omar, 20, expires_at=later(days=2))
    shop.at = later(days=1, minutes=-1)
    shop.hold(ana, 10, days=2)
    shop.at = later(days=2)
    assert (shop.expire(), shop.expire()) == (1, 0)
    left = {row["customer_id"]: row["remaining"] for row in shop.rows("SELECT customer_id, remaining FROM lots")}
    assert left == {ana: 10, omar: 0}


def test_a_neighbours_points_live_by_their_own_job(shop: Shop, other_shop: Shop) -> None:
    omar = other_shop.customer()
    other_shop.adjust(omar, 10, expires_at=later(days=1))
    shop.at = later(days=2)
    assert shop.expire() == 0
    assert other_shop.points(omar) == (10, 10)


def test_several_sweeps_at_once_book_each_lot_once(shop: Shop) -> None:
    people = [shop.customer() for _number in range(5)]
    for customer_id in people:
        shop.adjust(customer_id, 10, expires_at=later(days=1))
        shop.adjust(customer_id, 5)
    shop.at = later(days=1)
    with ThreadPoolExecutor(4) as workers:
        assert sum(workers.map(lambda _number: shop.expire(), range(4))) == 5
    assert sorted(expiries(shop)) == [(10, 5)] * 5
