"""Expired units given back: no more than expired, each once, with a new end."""

import pytest

from contracts.events.loyalty import PointsReinstated
from kernel.ids import CustomerId
from services.loyalty.domain.refusals.customers import NoSuchCustomer
from services.loyalty.domain.refusals.wallets import EndsInThePast, NotSoManyExpired
from tests.services.loyalty.domain.build import line
from tests.services.loyalty.shop import POINT_PER_RIYAL, Shop, later


@pytest.mark.parametrize("booked", [True, False], ids=["after the job", "before the job"])
def test_no_more_than_expired_and_each_once(shop: Shop, booked: bool) -> None:
    ana = shop.customer()
    shop.adjust(ana, 100, expires_at=later(days=1))
    shop.adjust(ana, 5)
    shop.at = later(days=2)
    if booked:
        shop.expire()
    with pytest.raises(NotSoManyExpired):
        shop.reinstate(ana, 101, later(days=9))
    shop.reinstate(ana, 60, later(days=9))
    assert shop.points(ana) == (65, 65)
    assert shop.balance(ana).next_expiry == (later(days=9), 60)
    with pytest.raises(NotSoManyExpired):
        shop.reinstate(ana, 41, later(days=9))
    shop.reinstate(ana, 40, later(days=9))
    told = shop.told()[-1]
    assert isinstance(told, PointsReinstated)
    assert (told.amount, told.balance, told.expires_at) == (40, 105, later(days=9))
    shop.at = later(days=9)
    assert shop.points(ana) == (5, 5)
    shop.reinstate(ana, 100, later(days=10))
    assert shop.points(ana) == (105, 105), "what expired again can be given back again"


@pytest.mark.parametrize("booked", [True, False], ids=["after the job", "before the job"])
def test_what_came_back_is_nobodys_to_be_given(shop: Shop, booked: bool) -> None:
    """Units of a purchase that was returned after they had died had expired, but there is no claim to them."""
    shop.publish(POINT_PER_RIYAL, expiry={"kind": "rolling", "days": 1})
    ana = shop.customer()
    sold = shop.sell(ana, line("A", 3, 1000)).purchase.id
    shop.at = later(days=3)
    if booked:
        shop.expire()
    shop.take_back(sold, {0: 1})
    with pytest.raises(NotSoManyExpired):
        shop.reinstate(ana, 21, later(days=9))
    shop.reinstate(ana, 20, later(days=9))


def test_what_cannot_be_given_back(shop: Shop, other_shop: Shop) -> None:
    ana = shop.customer()
    shop.adjust(ana, 100)
    shop.adjust(ana, -40)
    with pytest.raises(NotSoManyExpired):
        shop.reinstate(ana, 1, later(days=9))
    with pytest.raises(EndsInThePast):
        shop.reinstate(ana, 1, later())
    for stranger in (CustomerId("cus_nobody"), other_shop.customer()):
        with pytest.raises(NoSuchCustomer):
            shop.reinstate(stranger, 1, later(days=1))
