"""Units that wait for an event: pending until somebody says it, lost when nobody does."""

from datetime import datetime, timedelta

import pytest

from contracts.events.loyalty import PointsReleased
from kernel.ids import CustomerId
from services.loyalty.domain.refusals.customers import NoSuchCustomer
from services.loyalty.domain.refusals.wallets import InsufficientPoints
from services.loyalty.operations.release_units import release_units
from tests.services.loyalty.domain.build import line
from tests.services.loyalty.shop import POINT_PER_RIYAL, Shop, later

DELIVERED = {"kind": "event", "event": "delivered", "within_days": 10}


def release(shop: Shop, customer_id: CustomerId, event: str = "delivered", purchase_id: str | None = None) -> int:
    """Say that it happened; answers how many points became spendable."""
    with shop.database.transaction(shop.tenant_id) as db:
        released = release_units(db, shop.tenant_id, customer_id, event, purchase_id=purchase_id, at=shop.at)
    return sum(amount for _unit, amount in released)


def end_of_day(at: datetime, days: int) -> datetime:
    return at + timedelta(days=days, hours=12)


def test_units_wait_and_then_live_from_the_event_on(shop: Shop) -> None:
    shop.publish(POINT_PER_RIYAL, pending=DELIVERED, expiry={"kind": "rolling", "days": 30})
    ana = shop.customer()
    shop.earn(ana, 100)
    assert (shop.balance(ana).pending, shop.points(ana)) == (100, (100, 0))
    with pytest.raises(InsufficientPoints):
        shop.hold(ana, 1)
    shop.at = later(days=3)
    assert release(shop, ana, "paid") == 0
    assert release(shop, ana) == 100
    assert (shop.balance(ana).pending, shop.points(ana)) == (0, (100, 100))
    assert shop.balance(ana).next_expiry == (end_of_day(shop.at, 30), 100)
    told = shop.told()[-1]
    assert isinstance(told, PointsReleased)
    assert (told.amount, told.balance) == (100, 100)
    assert release(shop, ana) == 0, "once"
    assert shop.told()[-1] == told


def test_without_the_event_they_are_lost(shop: Shop) -> None:
    shop.publish(POINT_PER_RIYAL, pending=DELIVERED)
    ana = shop.customer()
    shop.earn(ana, 100)
    shop.at = end_of_day(later(), 10) - timedelta(seconds=1)
    assert shop.balance(ana).pending == 100
    shop.at = end_of_day(later(), 10)
    assert (shop.points(ana), release(shop, ana)) == ((0, 0), 0)
    assert shop.expire() == 1


def test_only_the_purchase_that_was_named(shop: Shop) -> None:
    shop.publish(POINT_PER_RIYAL, pending=DELIVERED)
    ana = shop.customer()
    shop.earn(ana, 100)
    second = shop.earn(ana, 30)
    assert release(shop, ana, purchase_id=second) == 30
    assert shop.points(ana) == (130, 30)
    assert release(shop, ana) == 100


def test_what_came_back_is_not_freed(shop: Shop) -> None:
    shop.publish(POINT_PER_RIYAL, pending=DELIVERED)
    ana = shop.customer()
    sold = shop.sell(ana, line("THING", 2, 5000)).purchase.id
    shop.take_back(sold, {0: 1})
    assert release(shop, ana) == 50
    shop.take_back(sold)
    assert shop.points(ana) == (0, 0)


def test_freed_units_may_slide(shop: Shop) -> None:
    shop.publish(POINT_PER_RIYAL, pending=DELIVERED, expiry={"kind": "sliding", "days": 30})
    ana = shop.customer()
    shop.earn(ana, 100)
    shop.at = later(days=1)
    assert release(shop, ana) == 100
    shop.at = later(days=11)
    shop.sell(ana, line("GUM", 1, 50))
    assert shop.balance(ana).next_expiry == (end_of_day(shop.at, 30), 100)


def test_strangers_have_nothing_to_free(shop: Shop, other_shop: Shop) -> None:
    for customer_id in (CustomerId("cus_nobody"), other_shop.customer()):
        with pytest.raises(NoSuchCustomer):
            release(shop, customer_id)
