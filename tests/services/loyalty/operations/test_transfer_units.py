"""Units given to another customer: they keep their dates, and nobody gives what they could not spend."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from contracts.events.loyalty import PointsTransferred
from kernel.ids import CustomerId
from services.loyalty.domain.refusals.customers import CustomerBlocked, NoSuchCustomer
from services.loyalty.domain.refusals.wallets import InsufficientPoints, SameCustomer
from tests.services.loyalty.shop import POINT_PER_RIYAL, Shop, later


def lots_of(shop: Shop, customer_id: CustomerId) -> list[tuple[int, object]]:
    """What is left of each lot, and when it dies."""
    rows = shop.rows(
        "SELECT remaining, expires_at FROM lots WHERE customer_id = :who AND remaining <> 0 ORDER BY expires_at",
        who=customer_id,
    )
    return [(row["remaining"], row["expires_at"]) for row in rows]


def test_those_that_die_first_go_with_their_own_dates(shop: Shop) -> None:
    ana, omar = shop.customer(), shop.customer()
    shop.adjust(ana, 50)
    shop.adjust(ana, 100, expires_at=later(days=9))
    shop.at = later(days=1)
    transfer = shop.transfer(ana, omar, 120)
    assert lots_of(shop, omar) == [(100, later(days=9)), (20, None)]
    assert lots_of(shop, ana) == [(30, None)]
    assert (transfer.amount, transfer.reason, transfer.actor) == (120, "a gift", "key_test")
    told = [event for event in shop.told() if isinstance(event, PointsTransferred)]
    assert [(event.customer_id, event.other_customer_id, event.amount, event.balance) for event in told] == [
        (ana, omar, -120, 30),
        (omar, ana, 120, 120),
    ]
    assert {event.transfer_id for event in told} == {transfer.id}
    earned = shop.rows("SELECT DISTINCT earned_at FROM lots")
    assert [row["earned_at"] for row in earned] == [later()], "no younger by moving"


@pytest.mark.parametrize(("amount", "enough"), [(70, True), (71, False)])
def test_what_is_held_stays(shop: Shop, amount: int, enough: bool) -> None:
    ana, omar = shop.customer(), shop.customer()
    shop.adjust(ana, 100)
    shop.hold(ana, 30)
    if enough:
        shop.transfer(ana, omar, amount)
        assert shop.points(omar) == (70, 70)
        return
    with pytest.raises(InsufficientPoints):
        shop.transfer(ana, omar, amount)


def test_the_takers_debt_is_paid_first(shop: Shop) -> None:
    shop.publish(POINT_PER_RIYAL)
    ana, omar = shop.customer(), shop.customer()
    sold = shop.earn(omar, 30)
    shop.redeem(omar, shop.offer(30))
    shop.take_back(sold)
    shop.adjust(ana, 100)
    shop.transfer(ana, omar, 50)
    assert shop.points(omar) == (20, 20)


def test_what_slid_keeps_the_date_it_had(shop: Shop) -> None:
    shop.publish(POINT_PER_RIYAL, expiry={"kind": "sliding", "days": 30})
    ana, omar = shop.customer(), shop.customer()
    shop.earn(ana, 100)
    shop.transfer(ana, omar, 100)
    shop.at = later(days=10)
    shop.earn(omar, 5)
    assert shop.balance(omar).next_expiry == (later(days=30, hours=12), 100)


def test_what_came_does_not_go_with_the_purchase_that_comes_back(shop: Shop) -> None:
    shop.publish(POINT_PER_RIYAL)
    ana, omar = shop.customer(), shop.customer()
    sold = shop.earn(ana, 100)
    shop.transfer(ana, omar, 100)
    shop.take_back(sold)
    assert (shop.points(ana), shop.points(omar)) == ((-100, 0), (100, 100))


def test_who_may_not_take_part(shop: Shop, other_shop: Shop) -> None:
    ana, blocked = shop.customer(), shop.customer(status="blocked")
    shop.adjust(ana, 10)
    with pytest.raises(SameCustomer):
        shop.transfer(ana, ana, 1)
    for taker, refusal in (
        (blocked, CustomerBlocked),
        (CustomerId("cus_nobody"), NoSuchCustomer),
        (other_shop.customer(), NoSuchCustomer),
    ):
        with pytest.raises(refusal):
            shop.transfer(ana, taker, 1)
    assert shop.points(ana) == (10, 10)


def test_to_and_fro_at_once(shop: Shop) -> None:
    """Nobody waits in a circle, and no unit is lost or doubled."""
    ana, omar = shop.customer(), shop.customer()
    shop.adjust(ana, 100)
    shop.adjust(omar, 100)
    with ThreadPoolExecutor(4) as hands:
        list(hands.map(lambda n: shop.transfer(*((ana, omar) if n % 2 else (omar, ana)), 7), range(12)))
    assert (shop.points(ana), shop.points(omar)) == ((100, 100), (100, 100))
