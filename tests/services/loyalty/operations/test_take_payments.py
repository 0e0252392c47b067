"""Sales paid with points and gift cards, and what comes back of them."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from kernel.refusal import Refused
from services.loyalty.domain.refusals.codes import GiftCardBlocked, GiftCardTooLow, GiftCardUnknown
from services.loyalty.domain.refusals.customers import CustomerUnknown
from services.loyalty.domain.refusals.purchases import PointsNotTaken
from services.loyalty.domain.refusals.wallets import InsufficientPoints
from services.loyalty.domain.voucher_code import voucher_code
from tests.services.loyalty.domain.build import line
from tests.services.loyalty.shop import POINT_PER_RIYAL, Shop, later

# A point is worth 0.05; at most half of an order.
PAYING = {"points": 1, "worth": 5, "at_most_percent": 50}


def by_points(amount: int) -> dict[str, Any]:
    return {"kind": "points", "amount": amount}


def by_card(code: str, amount: int) -> dict[str, Any]:
    return {"kind": "gift_card", "amount": amount, "code": code}


def refused(shop: Shop, customer_id: str | None, *tenders: dict[str, Any]) -> Refused:
    (outcome,) = shop.record(shop.sale(customer_id, line("THING", 2, 1000), tenders=tenders))
    assert isinstance(outcome, Refused), outcome
    return outcome


@pytest.fixture
def paying(shop: Shop) -> Shop:
    shop.publish(POINT_PER_RIYAL, pay_with_points=PAYING)
    return shop


def test_points_are_burned_with_the_purchase_and_earn_nothing(paying: Shop) -> None:
    ana = paying.customer()
    paying.adjust(ana, 300)
    sold = paying.sell(ana, line("THING", 2, 1000), tenders=[by_points(1000), {"kind": "cash", "amount": 1000}])
    assert (sold.purchase.due, sold.purchase.balance_after) == (2000, 110)
    assert paying.points(ana) == (110, 110)
    with pytest.raises(AssertionError):
        paying.sell(ana, line("THING", 2, 1000), tenders=[by_points(1000)])
    assert paying.points(ana) == (110, 110), "a refused sale takes nothing"


def test_pain_02_points_come_back_once_to_their_lots_with_their_dates(paying: Shop) -> None:
    ana = paying.customer()
    paying.adjust(ana, 100, expires_at=later(days=30))
    paying.adjust(ana, 100, expires_at=later(days=60))
    lots = paying.rows("SELECT id, remaining, expires_at FROM lots WHERE rule IS NULL ORDER BY id")
    sold = paying.sell(ana, line("THING", 2, 1000), tenders=[by_points(1000)]).purchase
    assert paying.points(ana) == (10, 10)
    paying.at = later(days=1)
    first = paying.take_back(sold.id, {0: 1})
    assert [(each.units, each.amount) for each in first.refunds] == [(100, 500)]
    assert paying.points(ana) == (105, 105)
    second = paying.take_back(sold.id)
    assert [(each.units, each.amount) for each in second.refunds] == [(100, 500)]
    assert (first.refund, second.refund) == (1000, 1000)
    assert paying.rows("SELECT id, remaining, expires_at FROM lots WHERE rule IS NULL ORDER BY id") == lots
    assert paying.points(ana) == (200, 200)


def test_points_that_died_since_come_back_for_a_week(paying: Shop) -> None:
    ana = paying.customer()
    paying.adjust(ana, 100, expires_at=later(days=2))
    sold = paying.sell(ana, line("THING", 1, 1000), tenders=[by_points(500)]).purchase
    paying.at = later(days=3)
    paying.expire()
    paying.take_back(sold.id)
    assert paying.points(ana) == (100, 100)
    paying.at = later(days=10)
    assert paying.points(ana) == (0, 0)
    paying.expire()


def test_what_points_cannot_pay(paying: Shop) -> None:
    ana = paying.customer()
    paying.adjust(ana, 100)
    assert isinstance(refused(paying, ana, by_points(1005)), PointsNotTaken), "more than half"
    assert isinstance(refused(paying, ana, by_points(3)), PointsNotTaken), "no whole point"
    assert isinstance(refused(paying, ana, by_points(505)), InsufficientPoints)
    assert isinstance(refused(paying, None, by_points(500)), PointsNotTaken), "a walk-in has none"
    assert paying.points(ana) == (100, 100)


def test_pain_16_each_part_of_a_split_tender_goes_back_to_its_source(paying: Shop) -> None:
    ana = paying.customer()
    paying.adjust(ana, 100)
    card = paying.gift_card(800)
    tenders = [by_points(500), by_card(card.code, 800), {"kind": "cash", "amount": 700}]
    sold = paying.sell(ana, line("THING", 2, 1000), tenders=tenders).purchase
    assert paying.on_card(card.card.id) == 0
    assert card.code not in sold.basket
    half = paying.take_back(sold.id, {0: 1})
    assert [(each.tender, each.amount) for each in half.refunds] == [("points", 250), ("gift_card", 400)]
    assert half.refund == 1000, "350 of it is the till's to give"
    assert paying.on_card(card.card.id) == 400
    rest = paying.take_back(sold.id)
    assert [(each.tender, each.amount) for each in rest.refunds] == [("points", 250), ("gift_card", 400)]
    assert paying.on_card(card.card.id) == 800
    assert paying.points(ana) == (100, 100)


def test_a_walk_in_pays_with_a_card_and_there_need_be_no_program(shop: Shop) -> None:
    card = shop.gift_card(1500)
    sold = shop.sell(None, line("THING", 2, 1000), tenders=[by_card(card.code, 1500)]).purchase
    assert (shop.on_card(card.card.id), sold.due) == (0, 2000)
    assert shop.take_back(sold.id).refunds[0].amount == 1500
    assert shop.on_card(card.card.id) == 1500


def test_cards_that_cannot_pay(shop: Shop, other_shop: Shop) -> None:
    shop.publish(POINT_PER_RIYAL)
    low, kuwaiti, theirs = shop.gift_card(999), shop.gift_card(5000, "KWD"), other_shop.gift_card(5000)
    blocked, dead = shop.gift_card(5000), shop.gift_card(5000, expires_at=later(days=1))
    shop.change_card(blocked.card.id, "block")
    assert refused(shop, None, by_card(low.code, 1000)).params == {"needed": 1000, "available": 999}
    assert isinstance(refused(shop, None, by_card(kuwaiti.code, 1000)), GiftCardTooLow)
    assert isinstance(refused(shop, None, by_card(theirs.code, 1000)), GiftCardUnknown)
    assert isinstance(refused(shop, None, by_card(voucher_code(bytes(10)), 1000)), GiftCardUnknown)
    assert isinstance(refused(shop, None, by_card(blocked.code, 1000)), GiftCardBlocked)
    shop.at = later(days=1)
    assert isinstance(refused(shop, None, by_card(dead.code, 1000)), GiftCardTooLow)
    shop.expire()
    assert isinstance(refused(shop, low.card.id), CustomerUnknown), "a card is no customer"


def test_two_sales_of_one_batch_do_not_spend_a_card_twice(paying: Shop) -> None:
    ana = paying.customer()
    paying.adjust(ana, 100)
    card = paying.gift_card(1000)
    tenders = [by_points(500), by_card(card.code, 1000)]
    first, second = (paying.sale(ana, line("THING", 2, 1000), tenders=tenders) for _number in range(2))
    earned = paying.sale(ana, line("THING", 1, 1000))
    outcomes = paying.record(earned, first, second)
    assert [isinstance(outcome, Refused) for outcome in outcomes] == [False, False, True]
    assert (paying.points(ana), paying.on_card(card.card.id)) == ((25, 25), 0)


def test_many_tills_at_once_spend_a_card_once(shop: Shop) -> None:
    card = shop.gift_card(1000)

    def attempt(_number: int) -> bool:
        (outcome,) = shop.record(shop.sale(None, line("THING", 1, 1000), tenders=[by_card(card.code, 1000)]))
        return not isinstance(outcome, Refused)

    with ThreadPoolExecutor(6) as doors:
        assert sum(doors.map(attempt, range(12))) == 1
    assert shop.on_card(card.card.id) == 0


def test_pain_01_buying_and_returning_with_points_is_no_way_to_more(paying: Shop) -> None:
    ana = paying.customer()
    paying.adjust(ana, 100)
    for _time in range(20):
        sold = paying.sell(ana, line("THING", 2, 1000), tenders=[by_points(500)]).purchase
        paying.take_back(sold.id, {0: 1})
        paying.take_back(sold.id)
    assert paying.points(ana) == (100, 100)
