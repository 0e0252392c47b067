"""The lots a return changes, and what it tells: the difference alone. Source: docs/rules/clawback.md."""

import pytest

from contracts.events.loyalty import MembershipExtended, PointsAccrued, PurchaseReturned, StampsGiven
from tests.services.loyalty.domain.build import line, rule
from tests.services.loyalty.shop import FREE_COFFEE, POINT_PER_RIYAL, Shop, later


def open_lots(shop: Shop) -> list[int]:
    """What is left of the lots, the oldest first."""
    return [
        row["remaining"] for row in shop.rows("SELECT remaining FROM lots WHERE remaining <> 0 ORDER BY earned_at, id")
    ]


def test_units_are_taken_from_the_lots_of_the_purchase_first(shop: Shop) -> None:
    shop.publish(POINT_PER_RIYAL)
    ana = shop.customer()
    sold = shop.earn(ana, 100)
    shop.at = later(days=1)
    shop.earn(ana, 50)
    shop.take_back(sold)
    assert open_lots(shop) == [50]


def test_then_from_the_newest(shop: Shop) -> None:
    shop.publish(POINT_PER_RIYAL)
    ana = shop.customer()
    first = shop.earn(ana, 60)
    shop.redeem(ana, shop.offer(60))
    for day in (1, 2):
        shop.at = later(days=day)
        shop.earn(ana, 50)
    shop.take_back(first)
    assert open_lots(shop) == [40]


def test_what_is_missing_becomes_a_lot_below_zero(shop: Shop) -> None:
    shop.publish(POINT_PER_RIYAL)
    ana = shop.customer()
    sold = shop.earn(ana, 100)
    shop.redeem(ana, shop.offer(70))
    back = shop.take_back(sold)
    assert open_lots(shop) == [-70]
    lines = shop.rows("SELECT amount, wallet FROM entries WHERE reference = :id ORDER BY position", id=back.id)
    assert [(row["wallet"], row["amount"]) for row in lines] == [
        ("customer", -30),
        ("issued", 30),
        ("customer", -70),
        ("issued", 70),
    ]


def test_pending_units_are_taken_like_any_others(shop: Shop) -> None:
    shop.publish(POINT_PER_RIYAL, pending_days=14)
    ana = shop.customer()
    sold = shop.sell(ana, line("COFFEE", 2)).purchase.id
    shop.take_back(sold, {0: 1})
    assert (shop.points(ana), shop.balance(ana).pending) == ((10, 0), 10)


def test_a_return_may_take_what_is_set_aside(shop: Shop) -> None:
    """The goods are back: the hold finds less than it was promised, and the wallet never lets more be spent."""
    shop.publish(POINT_PER_RIYAL)
    ana = shop.customer()
    sold = shop.earn(ana, 100)
    hold = shop.hold(ana, 60)
    shop.take_back(sold)
    assert shop.points(ana) == (0, 0)
    shop.release(hold.id)
    assert shop.points(ana) == (0, 0)


def test_a_return_can_give_points(shop: Shop) -> None:
    """The dear coffee was free and earned nothing; without the tea it is paid for, and earns more than the tea did."""
    shop.publish(
        rule("buy_x_get_y", buy=1, free_unit="dearest"),
        rule("earn", per=100, selector={"skus": ["COFFEE"]}),
        expiry={"kind": "rolling", "days": 30},
    )
    ana = shop.customer()
    sold = shop.sell(ana, line("COFFEE", 1, 2000), line("TEA")).purchase
    assert shop.points(ana) == (0, 0)
    shop.at = later(days=10)
    back = shop.take_back(sold.id, {1: 1})
    assert (back.refund, shop.points(ana)) == (-1000, (20, 20))
    # They die when those of the sale would have died.
    assert shop.rows("SELECT expires_at FROM lots") == [{"expires_at": later(days=30, hours=12)}]


def test_the_event_tells_the_differences(shop: Shop) -> None:
    card = rule("stamp_card", card="coffee", stamps_needed=5, selector={"skus": ["COFFEE"]}, reward=FREE_COFFEE)
    gym = rule("membership_bonus", plan="gym", selector={"skus": ["GYM"]}, paid_months=12, bonus_months=3)
    shop.publish(POINT_PER_RIYAL, card, gym)
    ana = shop.customer()
    sold = shop.sell(ana, line("COFFEE", 3), line("GYM", 2)).purchase.id
    shop.take_back(sold, {0: 1, 1: 1})
    told = shop.told()[-1]
    assert isinstance(told, PurchaseReturned)
    points, stamps, months = told.facts
    assert isinstance(points, PointsAccrued)
    assert isinstance(stamps, StampsGiven)
    assert isinstance(months, MembershipExtended)
    assert (points.amount, stamps.stamps, stamps.stamps_on_card) == (-20, -1, 2)
    assert (months.paid_months, months.bonus_months, str(months.ends_on)) == (-12, -3, "2037-06-01")


@pytest.mark.parametrize("units", [{0: 1}, None], ids=["a part", "all"])
def test_a_return_without_points_tells_only_the_money(shop: Shop, units: dict[int, int] | None) -> None:
    sold = shop.sell(None, line("COFFEE", 2)).purchase.id
    shop.take_back(sold, units)
    told = shop.told()[-1]
    assert isinstance(told, PurchaseReturned)
    assert (told.facts, told.balance, told.customer_id) == ([], None, None)


STARS = rule("earn", id="stars", unit="stars", for_each="unit", points=6)


def test_units_that_died_excuse_no_others(shop: Shop) -> None:
    """The points had died, so they are not owed; the stars live, and go back."""
    shop.publish(POINT_PER_RIYAL, STARS, expiry={"kind": "rolling", "days": 1}, further_units=[{"unit": "stars"}])
    ana = shop.customer()
    sold = shop.sell(ana, line("A", 2, 1000)).purchase.id
    shop.at = later(days=3)
    shop.expire()
    shop.take_back(sold, {0: 1})
    assert (shop.balance(ana).balance, shop.balance(ana, "stars").balance) == (0, 6)
    shop.take_back(sold)
    assert (shop.balance(ana).balance, shop.balance(ana, "stars").balance) == (0, 0)
    let_go = [row["let_go"] for row in shop.rows("SELECT let_go FROM returns ORDER BY id")]
    assert let_go == ['{"points":{"forgiven":10,"waived":0}}'] * 2


def test_units_that_were_let_go_are_not_counted_against_others(shop: Shop) -> None:
    """Points that had been spent were let go: stars that come with an edit are given all the same."""
    shop.publish(POINT_PER_RIYAL, STARS, clawback="clamp", further_units=[{"unit": "stars"}])
    ana = shop.customer()
    sold = shop.sell(ana, line("A", 2, 1000)).purchase.id
    shop.redeem(ana, shop.offer(20))
    shop.edit(sold, line("A", 1, 1000))
    assert (shop.balance(ana).balance, shop.balance(ana, "stars").balance) == (0, 6)
    shop.edit(sold, line("A", 3, 333))
    assert (shop.balance(ana).balance, shop.balance(ana, "stars").balance) == (0, 18)


WELCOME = rule("milestone", visit=1, award={"points": 50, "reward": FREE_COFFEE})


def test_a_milestones_voucher_goes_with_the_purchase_that_reached_it(shop: Shop) -> None:
    shop.publish(WELCOME)
    ana = shop.customer()
    sold = shop.sell(ana, line("A", 2, 1000)).purchase.id
    (first,) = shop.rows("SELECT code, status FROM vouchers")
    shop.take_back(sold, {0: 1})
    assert shop.rows("SELECT code, status FROM vouchers") == [first], "it was still a visit"
    shop.void(sold)
    assert shop.rows("SELECT status FROM vouchers") == [{"status": "revoked"}]
    assert shop.points(ana) == (0, 0)
    shop.reopen(sold)
    assert [row["status"] for row in shop.rows("SELECT status FROM vouchers ORDER BY id")] == ["revoked", "issued"]
    assert shop.points(ana) == (50, 50)
    shop.void(sold)
    assert {row["status"] for row in shop.rows("SELECT status FROM vouchers")} == {"revoked"}


def test_a_milestones_voucher_that_was_used_stays_used(shop: Shop) -> None:
    shop.publish(WELCOME)
    ana = shop.customer()
    sold = shop.sell(ana).purchase.id
    (voucher,) = shop.rows("SELECT code FROM vouchers")
    shop.sell(ana, codes=[voucher["code"]])
    shop.void(sold)
    shop.reopen(sold)
    assert shop.rows("SELECT status FROM vouchers") == [{"status": "used"}], "and is not given a second time"
