"""Units given or taken by hand: with a reason, an actor, and within what there is."""

import pytest

from contracts.events.loyalty import PointsAdjusted
from kernel.ids import CustomerId
from services.loyalty.domain.refusals.customers import NoSuchCustomer
from services.loyalty.domain.refusals.wallets import InsufficientPoints
from tests.services.loyalty.shop import POINT_PER_RIYAL, Shop, later


def test_given_units_are_a_lot_with_its_own_end(shop: Shop) -> None:
    ana = shop.customer()
    assert shop.adjust(ana, 100, expires_at=later(days=1)) == 100
    (row,) = shop.rows("SELECT customer_id, unit, amount, reason, actor FROM adjustments")
    assert row == {
        "customer_id": ana,
        "unit": "points",
        "amount": 100,
        "reason": "goodwill",
        "actor": "key_test",
    }
    told = shop.told()[-1]
    assert isinstance(told, PointsAdjusted)
    assert (told.amount, told.balance) == (100, 100)
    shop.at = later(days=1)
    assert shop.points(ana) == (0, 0)


@pytest.mark.parametrize(("taken", "left"), [(1, 99), (100, 0), (101, None)])
def test_no_more_is_taken_than_can_be_spent(shop: Shop, taken: int, left: int | None) -> None:
    ana = shop.customer()
    shop.adjust(ana, 100)
    if left is None:
        with pytest.raises(InsufficientPoints):
            shop.adjust(ana, -taken)
        assert shop.rows("SELECT count(*) FROM adjustments") == [{"count": 1}]
    else:
        assert shop.adjust(ana, -taken) == left
        assert shop.points(ana) == (left, left)


def test_what_is_held_stays(shop: Shop) -> None:
    ana = shop.customer()
    shop.adjust(ana, 100)
    shop.hold(ana, 60, minutes=1)
    with pytest.raises(InsufficientPoints):
        shop.adjust(ana, -41)
    assert shop.adjust(ana, -40) == 60
    shop.at = later(minutes=1)
    assert shop.adjust(ana, -60) == 0


def test_a_gift_pays_a_debt_first(shop: Shop) -> None:
    shop.publish(POINT_PER_RIYAL)
    ana = shop.customer()
    sold = shop.earn(ana, 30)
    shop.redeem(ana, shop.offer(30))
    shop.take_back(sold)
    assert shop.adjust(ana, 100) == 70
    assert shop.points(ana) == (70, 70)


def test_strangers_have_no_wallet(shop: Shop, other_shop: Shop) -> None:
    for customer_id in (CustomerId("cus_nobody"), other_shop.customer()):
        with pytest.raises(NoSuchCustomer):
            shop.adjust(customer_id, 1)
