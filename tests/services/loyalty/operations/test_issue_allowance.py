"""Setting units aside for tills without a connection."""

from datetime import timedelta

import pytest

from services.loyalty.domain.allowance import claimed
from services.loyalty.domain.refusals.customers import CustomerBlocked, NoSuchCustomer
from services.loyalty.domain.refusals.offline import AllowanceNotOffered
from services.loyalty.domain.refusals.wallets import InsufficientPoints
from tests.services.loyalty.shop import POINT_PER_RIYAL, Shop, later

PAYING = {"points": 100, "worth": 500, "step": 100}


@pytest.fixture
def paying(shop: Shop) -> Shop:
    shop.publish(POINT_PER_RIYAL, pay_with_points=PAYING)
    return shop


def test_what_is_allowed_is_spent_nowhere_else(paying: Shop) -> None:
    ana = paying.customer()
    paying.adjust(ana, 700)
    token, row = paying.allow(ana, 600)
    assert (row.units, row.currency, row.worth) == (600, "SAR", 3000)
    assert claimed(token) == row.promise
    assert paying.points(ana) == (700, 100)
    with pytest.raises(InsufficientPoints):
        paying.allow(ana, 101)
    with pytest.raises(InsufficientPoints):
        paying.hold(ana, 101)


def test_nobody_can_read_the_token_from_the_books(paying: Shop) -> None:
    ana = paying.customer()
    paying.adjust(ana, 700)
    token, _row = paying.allow(ana, 600)
    paying.sell(ana, tenders=[{"kind": "points", "amount": 500, "allowance": token}])
    signature = token.rpartition(".")[2]
    assert not any(signature in str(row) for table in paying.everything() for row in table)


def test_it_lasts_and_is_waited_for(paying: Shop) -> None:
    ana = paying.customer()
    paying.adjust(ana, 600)
    _token, row = paying.allow(ana, 600, hours=2, grace=3)
    assert row.valid_until - row.valid_from == timedelta(hours=2)
    paying.at = later(hours=4)
    assert paying.time_out() == 0
    paying.at = later(hours=5)
    assert (paying.time_out(), paying.time_out()) == (1, 0)
    assert paying.points(ana) == (600, 600)


def test_a_released_hold_calls_it_off(paying: Shop) -> None:
    ana = paying.customer()
    paying.adjust(ana, 600)
    _token, row = paying.allow(ana, 600)
    paying.release(row.hold_id)
    assert paying.points(ana) == (600, 600)


def test_where_the_program_clamps_it_is_of_what_there_is(shop: Shop) -> None:
    shop.publish(POINT_PER_RIYAL, pay_with_points=PAYING, overspend="clamp")
    ana = shop.customer()
    shop.adjust(ana, 200)
    _token, row = shop.allow(ana, 600)
    assert (row.units, row.worth) == (200, 1000)


def test_whom_nothing_is_allowed(paying: Shop, other_shop: Shop) -> None:
    blocked = paying.customer(status="blocked")
    with pytest.raises(CustomerBlocked):
        paying.allow(blocked, 1)
    with pytest.raises(NoSuchCustomer):
        paying.allow(other_shop.customer(), 1)


def test_what_pays_for_nothing_is_not_allowed(shop: Shop) -> None:
    shop.publish(POINT_PER_RIYAL)
    ana = shop.customer()
    shop.adjust(ana, 10)
    before = shop.everything()
    with pytest.raises(AllowanceNotOffered):
        shop.allow(ana, 10)
    assert shop.everything() == before
