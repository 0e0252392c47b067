"""Units set aside: nobody else can spend them meanwhile."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from kernel.ids import CustomerId
from services.loyalty.domain.refusals.customers import CustomerBlocked, NoSuchCustomer
from services.loyalty.domain.refusals.wallets import InsufficientPoints
from tests.services.loyalty.shop import NOON, Shop, later


def test_what_is_held_is_there_and_cannot_be_spent(shop: Shop) -> None:
    ana = shop.customer()
    shop.adjust(ana, 100)
    hold = shop.hold(ana, 60, minutes=1)
    assert (hold.status, hold.amount, hold.captured) == ("held", 60, 0)
    assert (hold.created_at, hold.expires_at, hold.closed_at) == (NOON, later(minutes=1), None)
    balance = shop.balance(ana)
    assert (balance.balance, balance.held, balance.available) == (100, 60, 40)
    assert shop.rows("SELECT count(*) FROM entries WHERE kind <> 'adjustment'") == [{"count": 0}]


@pytest.mark.parametrize(("amount", "enough"), [(40, True), (41, False)])
def test_both_sides_of_what_others_left(shop: Shop, amount: int, enough: bool) -> None:
    ana = shop.customer()
    shop.adjust(ana, 100)
    shop.hold(ana, 60)
    if enough:
        shop.hold(ana, amount)
    else:
        with pytest.raises(InsufficientPoints):
            shop.hold(ana, amount)
    assert shop.balance(ana).held == 60 + amount * enough


def test_a_hold_whose_time_is_over_makes_room(shop: Shop) -> None:
    ana = shop.customer()
    shop.adjust(ana, 100)
    shop.hold(ana, 60, minutes=1)
    shop.at = later(minutes=1)
    assert shop.balance(ana).available == 100
    shop.hold(ana, 100)
    assert shop.rows("SELECT status, amount FROM holds ORDER BY id") == [
        {"status": "expired", "amount": 60},
        {"status": "held", "amount": 100},
    ]


def test_who_has_no_wallet_or_may_not_spend_has_nothing_to_hold(shop: Shop, other_shop: Shop) -> None:
    blocked = shop.customer(status="blocked")
    shop.adjust(blocked, 100)
    for customer_id, refusal in (
        (shop.customer(), InsufficientPoints),
        (blocked, CustomerBlocked),
        (CustomerId("cus_nobody"), NoSuchCustomer),
        (other_shop.customer(), NoSuchCustomer),
    ):
        with pytest.raises(refusal):
            shop.hold(customer_id, 1)


def test_many_at_once_hold_no_more_than_there_is(shop: Shop) -> None:
    ana = shop.customer()
    shop.adjust(ana, 100)

    def attempt(_number: int) -> int:
        try:
            return shop.hold(ana, 30).amount
        except InsufficientPoints:
            return 0

    with ThreadPoolExecutor(6) as doors:
        assert sum(doors.map(attempt, range(8))) == 90
    assert shop.balance(ana).available == 10
