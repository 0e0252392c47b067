"""Two customers who are one: nothing is lost, doubled or made to live longer, and it can be undone."""

import pytest

from kernel.ids import CustomerId
from services.loyalty.domain.refusals.customers import NoSuchCustomer
from services.loyalty.domain.refusals.wallets import MergeUnknown, SameCustomer, UnitsHeld
from tests.services.loyalty.operations.test_transfer_units import lots_of
from tests.services.loyalty.shop import POINT_PER_RIYAL, Shop, later


def test_merging_duplicate_customers_loses_and_doubles_nothing(shop: Shop) -> None:
    """Each lot comes with its own end; undone, each has their own again."""
    old, new = shop.customer(), shop.customer()
    shop.adjust(old, 100, expires_at=later(days=9))
    shop.adjust(old, 7)
    shop.adjust(new, 50, expires_at=later(days=3))
    merge = shop.merge(old, new)
    assert shop.points(old) == (0, 0)
    assert lots_of(shop, new) == [(50, later(days=3)), (100, later(days=9)), (7, None)]
    shop.unmerge(merge)
    assert lots_of(shop, old) == [(100, later(days=9)), (7, None)]
    assert lots_of(shop, new) == [(50, later(days=3))]


def test_debts_and_pending_units_come_along(shop: Shop) -> None:
    shop.publish(POINT_PER_RIYAL)
    old, new = shop.customer(), shop.customer()
    sold = shop.earn(new, 20)
    shop.redeem(new, shop.offer(20))
    shop.take_back(sold)
    shop.adjust(old, 100)
    merge = shop.merge(old, new)
    assert shop.points(new) == (80, 80)
    shop.unmerge(merge)
    assert (shop.points(old), shop.points(new)) == ((80, 80), (0, 0))
    shop.publish(POINT_PER_RIYAL, pending_days=5)
    third = shop.customer()
    shop.earn(third, 40)
    shop.merge(third, new)
    assert (shop.points(new), shop.balance(new).pending) == ((40, 0), 40)


def test_a_debt_of_the_merged_customer_comes_along(shop: Shop) -> None:
    shop.publish(POINT_PER_RIYAL)
    old, new = shop.customer(), shop.customer()
    sold = shop.earn(old, 30)
    shop.redeem(old, shop.offer(30))
    shop.take_back(sold)
    shop.adjust(new, 100)
    merge = shop.merge(old, new)
    assert (shop.points(old), shop.points(new)) == ((0, 0), (70, 70))
    shop.unmerge(merge)
    assert (shop.points(old), shop.points(new)) == ((-30, 0), (100, 100))


def test_units_that_slide_go_on_sliding_with_the_same_person(shop: Shop) -> None:
    shop.publish(POINT_PER_RIYAL, expiry={"kind": "sliding", "days": 30})
    old, new = shop.customer(), shop.customer()
    shop.earn(old, 100)
    shop.at = later(days=10)
    shop.merge(old, new)
    shop.earn(new, 5)
    assert shop.balance(new).next_expiry == (later(days=40, hours=12), 105)


def test_an_open_checkout_is_in_the_way(shop: Shop) -> None:
    old, new = shop.customer(), shop.customer()
    shop.adjust(old, 10)
    hold = shop.hold(old, 5)
    with pytest.raises(UnitsHeld):
        shop.merge(old, new)
    shop.release(hold.id)
    shop.merge(old, new)
    assert shop.points(new) == (10, 10)


def test_strangers_are_not_merged(shop: Shop, other_shop: Shop) -> None:
    ana = shop.customer()
    with pytest.raises(SameCustomer):
        shop.merge(ana, ana)
    for stranger in (CustomerId("cus_nobody"), other_shop.customer()):
        with pytest.raises(NoSuchCustomer):
            shop.merge(ana, stranger)
    theirs = other_shop.merge(other_shop.customer(), other_shop.customer())
    with pytest.raises(MergeUnknown):
        shop.unmerge(theirs)


def test_several_lots_pay_one_debt_together(shop: Shop) -> None:
    shop.publish(POINT_PER_RIYAL)
    ana, omar = shop.customer(), shop.customer()
    bought = shop.earn(ana, 300)
    shop.redeem(ana, shop.offer(300))
    shop.take_back(bought)
    for points in (200, 50, 200):
        shop.earn(omar, points)
    merge = shop.merge(omar, ana)
    assert (shop.points(omar)[0], shop.points(ana)[0]) == (0, 150)
    shop.unmerge(merge)
    assert (shop.points(omar)[0], shop.points(ana)[0]) == (150, 0)
