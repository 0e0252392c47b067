"""Goods come back: the books end where buying only the rest would have ended. Source: docs/rules/returns.md."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from contracts.events.loyalty import PointsAccrued, PurchaseReturned
from kernel.refusal import Refused
from services.loyalty.domain.refusals.purchases import NothingToReturn, PurchaseUnknown, ReturnTooLarge
from tests.services.loyalty.domain.build import line, rule
from tests.services.loyalty.shop import NOON, POINT_PER_RIYAL, Shop, later

WELCOME = rule("earn", id="welcome", points=10, per=100, conditions=[{"kind": "first_purchase"}])


def test_a_part_comes_back(shop: Shop) -> None:
    shop.publish(POINT_PER_RIYAL)
    ana = shop.customer()
    sold = shop.sell(ana, line("COFFEE", 3), line("TEA", 2, 500)).purchase
    back = shop.take_back(sold.id, {0: 1, 1: 2})
    assert (back.refund, back.changes.units[0].amount) == (2000, -20)
    assert (back.purchase.status, back.purchase.due, back.purchase.returned) == (
        "partly_returned",
        2000,
        '{"0":1,"1":2}',
    )
    assert shop.points(ana) == (20, 20)
    assert shop.rows("SELECT refund, lines, forgiven FROM returns") == [
        {"refund": 2000, "lines": '{"0":1,"1":2}', "forgiven": 0}
    ]
    told = shop.told()[-1]
    assert isinstance(told, PurchaseReturned)
    assert (told.purchase_id, told.return_id, told.refund, told.whole, told.balance) == (
        sold.id,
        back.id,
        2000,
        False,
        20,
    )
    assert told.facts == [PointsAccrued(unit="points", amount=-20)]


def test_unit_by_unit_is_the_whole(shop: Shop) -> None:
    """The worked example of the rule's page: the third of three for two is the free one."""
    shop.publish(rule("buy_x_get_y"), POINT_PER_RIYAL)
    ana = shop.customer()
    sold = shop.sell(ana, line("COFFEE", 3)).purchase
    found = [shop.take_back(sold.id, {0: 1}) for _ in range(3)]
    assert [back.refund for back in found] == [0, 1000, 1000]
    assert [back.purchase.status for back in found] == ["partly_returned", "partly_returned", "returned"]
    assert shop.points(ana) == (0, 0)
    assert shop.rows("SELECT purchases FROM customers") == [{"purchases": 0}]


def test_all_that_is_left_comes_back(shop: Shop) -> None:
    shop.publish(POINT_PER_RIYAL)
    ana = shop.customer()
    sold = shop.sell(ana, line("COFFEE", 3)).purchase
    assert shop.take_back(sold.id, {0: 1}).refund == 1000
    rest = shop.take_back(sold.id)
    assert (rest.refund, rest.purchase.status, rest.purchase.due) == (2000, "returned", 0)
    assert shop.points(ana) == (0, 0)
    told = shop.told()[-1]
    assert isinstance(told, PurchaseReturned)
    assert told.whole


@pytest.mark.parametrize(
    ("before", "lines", "refusal"),
    [
        pytest.param({}, {0: 4}, ReturnTooLarge, id="more than bought"),
        pytest.param({}, {7: 1}, ReturnTooLarge, id="no such line"),
        pytest.param({0: 2}, {0: 2}, ReturnTooLarge, id="more than left"),
        pytest.param({0: 3}, {0: 1}, ReturnTooLarge, id="a line that is gone"),
        pytest.param({0: 3}, None, NothingToReturn, id="all of nothing"),
    ],
)
def test_no_more_comes_back_than_was_bought(
    shop: Shop, before: dict[int, int], lines: dict[int, int] | None, refusal: type[Refused]
) -> None:
    shop.publish(POINT_PER_RIYAL)
    ana = shop.customer()
    sold = shop.sell(ana, line("COFFEE", 3)).purchase
    if before:
        shop.take_back(sold.id, before)
    books = shop.points(ana), shop.rows("SELECT count(*) FROM returns"), shop.rows("SELECT purchases FROM customers")
    with pytest.raises(refusal):
        shop.take_back(sold.id, lines)
    assert books == (
        shop.points(ana),
        shop.rows("SELECT count(*) FROM returns"),
        shop.rows("SELECT purchases FROM customers"),
    )


def test_a_purchase_nobody_made_cannot_come_back(shop: Shop, other_shop: Shop) -> None:
    theirs = other_shop.sell(None).purchase.id
    for purchase_id in ("pur_nothing", theirs):
        with pytest.raises(PurchaseUnknown):
            shop.take_back(purchase_id)


def test_a_first_purchase_that_came_back_leaves_the_next_one_first(shop: Shop) -> None:
    shop.publish(WELCOME)
    ana = shop.customer()
    shop.take_back(shop.earn(ana, 10))
    shop.earn(ana, 10)
    assert shop.points(ana) == (100, 100)


def test_the_rules_of_the_sale_decide_its_return(shop: Shop) -> None:
    shop.publish(POINT_PER_RIYAL, WELCOME)
    ana = shop.customer()
    sold = shop.sell(ana, line("COFFEE", 2)).purchase
    shop.publish(rule("earn", points=50, per=100))
    shop.take_back(sold.id, {0: 1})
    assert shop.points(ana) == (110, 110)


def test_a_walk_ins_goods_come_back(shop: Shop) -> None:
    shop.publish(POINT_PER_RIYAL, rule("discount", percent_off=50))
    sold = shop.sell(None, line("COFFEE", 2)).purchase
    assert shop.take_back(sold.id, {0: 1}).refund == 500
    assert shop.take_back(sold.id).refund == 500
    assert shop.rows("SELECT count(*) FROM entries") == [{"count": 0}]


def test_a_sale_without_a_program_comes_back(shop: Shop) -> None:
    ana = shop.customer()
    sold = shop.sell(ana).purchase
    assert shop.take_back(sold.id).refund == 1000
    assert shop.rows("SELECT purchases FROM customers") == [{"purchases": 0}]


def test_a_lost_discount_can_be_worth_more_than_the_goods(shop: Shop) -> None:
    """20 % off from 30.00 on: without the cheap article the dear one costs its full price again."""
    off = rule("discount", percent_off=20, conditions=[{"kind": "spend_at_least", "amount": 3000}])
    shop.publish(off, POINT_PER_RIYAL)
    ana = shop.customer()
    sold = shop.sell(ana, line("CUP", 1, 2900), line("SPOON", 1, 100)).purchase
    back = shop.take_back(sold.id, {1: 1})
    assert (sold.due, back.purchase.due, back.refund) == (2400, 2900, -500)
    assert shop.points(ana) == (29, 29)


@pytest.mark.parametrize("swept", [True, False], ids=["booked", "not booked yet"])
def test_points_that_died_before_are_not_taken_from_others(shop: Shop, swept: bool) -> None:
    shop.publish(POINT_PER_RIYAL, expiry={"kind": "rolling", "days": 30})
    ana = shop.customer()
    old = shop.sell(ana, line("COFFEE", 4)).purchase.id
    shop.redeem(ana, shop.offer(10))
    shop.at = later(days=20)
    shop.earn(ana, 50)
    shop.at = later(days=40)
    assert shop.points(ana) == (50, 50)
    if swept:
        assert shop.expire() == 1
    # 40 were earned, 10 spent, 30 died: only the 10 are owed, and the newer lot pays them.
    for left in (50, 50, 50, 40):
        shop.take_back(old, {0: 1})
        assert shop.points(ana) == (left, left)
    assert shop.rows("SELECT sum(forgiven) AS forgiven FROM returns") == [{"forgiven": 30 if swept else 0}]


def test_the_lot_of_each_rule_gives_its_own_points(shop: Shop) -> None:
    """Once a rule's points are gone, the lot of the rule after it is still known as made by the purchase."""
    tea = rule("earn", id="tea", points=2, per=100, selector={"skus": ["TEA"]})
    coffee = rule("earn", id="coffee", per=100, selector={"skus": ["COFFEE"]})
    shop.publish(tea, coffee, expiry={"kind": "rolling", "days": 10})
    ana = shop.customer()
    sold = shop.sell(ana, line("TEA"), line("COFFEE")).purchase.id
    shop.at = later(days=5)
    newer = shop.sell(ana, line("TEA")).purchase.id
    shop.take_back(sold, {0: 1})
    shop.take_back(sold, {1: 1})
    assert shop.rows("SELECT reference, remaining FROM lots WHERE remaining <> 0") == [
        {"reference": newer, "remaining": 20}
    ]


def test_stamps_of_a_filled_card_come_back(shop: Shop) -> None:
    """Surplus first, then an unused voucher is broken, then the card owes. Source: docs/rules/stamp-card.md."""
    reward = {"kind": "amount_off", "name": {"en": "5 off", "ar": "خصم 5"}, "amount": 500}
    card = rule("stamp_card", card="coffee", stamps_needed=5, selector={"skus": ["COFFEE"]}, reward=reward)
    shop.publish(card)
    ana = shop.customer()
    sold = shop.sell(ana, line("COFFEE", 11)).purchase
    first, second = [row["code"] for row in shop.rows("SELECT code FROM vouchers ORDER BY id")]
    shop.sell(ana, line("TEA"), codes=[first])

    def after(returned: int) -> tuple[int, int, list[str]]:
        shop.take_back(sold.id, {0: returned})
        (shown,) = shop.rows("SELECT stamps, filled FROM stamp_cards")
        vouchers = shop.rows("SELECT status FROM vouchers ORDER BY code = :first DESC", first=first)
        return shown["stamps"], shown["filled"], [voucher["status"] for voucher in vouchers]

    assert after(1) == (0, 2, ["used", "issued"])
    assert after(2) == (3, 1, ["used", "revoked"])
    assert after(5) == (-2, 1, ["used", "revoked"])
    assert "voucher" in shop.sell(ana, line("TEA"), codes=[second]).purchase.misses
    shop.sell(ana, line("COFFEE", 3))
    assert shop.rows("SELECT stamps, filled FROM stamp_cards") == [{"stamps": 1, "filled": 1}]


def test_a_return_can_fill_a_card(shop: Shop) -> None:
    """The coffee was free and had no stamp; without the tea it is paid for."""
    free = {"kind": "free_item", "name": {"en": "Any", "ar": "أي"}}
    card = rule("stamp_card", card="coffee", stamps_needed=1, selector={"skus": ["COFFEE"]}, reward=free)
    shop.publish(rule("buy_x_get_y", buy=1), card)
    ana = shop.customer()
    sold = shop.sell(ana, line("COFFEE", 1, 500), line("TEA", 1, 900)).purchase
    assert shop.rows("SELECT count(*) FROM vouchers") == [{"count": 0}]
    back = shop.take_back(sold.id, {1: 1})
    (voucher,) = shop.rows("SELECT code, source, status FROM vouchers")
    assert (voucher["source"], voucher["status"]) == (sold.id, "issued")
    assert voucher["code"] in back.purchase.effects
    assert shop.take_back(sold.id).purchase.status == "returned"
    assert shop.rows("SELECT status FROM vouchers") == [{"status": "revoked"}]


def test_membership_months_come_back(shop: Shop) -> None:
    gym = rule("membership_bonus", plan="gym", selector={"skus": ["GYM"]}, paid_months=12, bonus_months=3)
    shop.publish(gym)
    ana = shop.customer()
    sold = shop.sell(ana, line("GYM", 2)).purchase
    back = shop.take_back(sold.id, {0: 1})
    assert back.changes.memberships == (("gym", -12, -3, -1000),)
    assert shop.rows("SELECT ends_on::text FROM memberships") == [{"ends_on": "2037-06-01"}]
    shop.take_back(sold.id)
    assert shop.rows("SELECT ends_on::text FROM memberships") == [{"ends_on": "2036-03-01"}]
    assert shop.rows("SELECT sum(months) AS months FROM membership_entries") == [{"months": 0}]


def test_a_return_can_begin_a_membership(shop: Shop) -> None:
    """The term was the free unit of a set; without the other it is paid for."""
    gym = rule("membership_bonus", plan="gym", selector={"skus": ["GYM"]}, paid_months=12, bonus_months=3)
    shop.publish(rule("buy_x_get_y", buy=1, free_unit="dearest"), gym)
    ana = shop.customer()
    sold = shop.sell(ana, line("GYM", 1, 5000), line("TEA")).purchase
    assert shop.rows("SELECT count(*) FROM memberships") == [{"count": 0}]
    shop.take_back(sold.id, {1: 1})
    assert shop.rows("SELECT plan, ends_on::text FROM memberships") == [{"plan": "gym", "ends_on": "2037-06-01"}]


def voucher_of(shop: Shop, customer_id: str, sku: str = "COFFEE") -> str:
    """The code of a voucher for one unit of it."""
    free = {"kind": "free_item", "name": {"en": "Free", "ar": "مجانًا"}, "selector": {"skus": [sku]}}
    shop.adjust(customer_id, 10)  # type: ignore[arg-type]
    return shop.redeem(customer_id, shop.offer(10, free)).code  # type: ignore[arg-type]


def test_a_voucher_with_nothing_to_do_is_free_again(shop: Shop) -> None:
    shop.publish(POINT_PER_RIYAL)
    ana = shop.customer()
    code = voucher_of(shop, ana)
    sold = shop.sell(ana, line("COFFEE"), line("TEA"), codes=[code]).purchase
    back = shop.take_back(sold.id, {0: 1})
    assert (back.refund, back.changes.vouchers_freed) == (0, (code,))
    assert shop.rows("SELECT status, used_by FROM vouchers") == [{"status": "issued", "used_by": None}]
    assert shop.sell(ana, codes=[code]).purchase.due == 0


def test_a_voucher_shown_in_vain_is_taken_in_when_the_return_gives_it_something_to_do(shop: Shop) -> None:
    """The coffee was the free unit of a set; without the tea it costs something, and the voucher pays for it."""
    shop.publish(rule("buy_x_get_y", buy=1))
    ana = shop.customer()
    code = shop_voucher_for_money(shop, ana)
    sold = shop.sell(ana, line("COFFEE", 1, 500), line("TEA", 1, 900), codes=[code]).purchase
    assert sold.due == 900
    back = shop.take_back(sold.id, {1: 1})
    assert (back.purchase.due, back.changes.vouchers_used) == (0, (code,))
    assert shop.rows("SELECT status, used_by FROM vouchers") == [{"status": "used", "used_by": sold.id}]
    assert shop.sell(ana, codes=[code]).purchase.due == 1000
    shop.take_back(sold.id)
    assert shop.rows("SELECT status FROM vouchers") == [{"status": "issued"}]


def test_a_voucher_shown_in_vain_and_used_elsewhere_is_not_taken_in_again(shop: Shop) -> None:
    shop.publish(rule("buy_x_get_y", buy=1))
    ana = shop.customer()
    code = shop_voucher_for_money(shop, ana)
    sold = shop.sell(ana, line("COFFEE", 1, 500), line("TEA", 1, 900), codes=[code]).purchase
    elsewhere = shop.sell(ana, codes=[code]).purchase
    assert elsewhere.due == 500
    back = shop.take_back(sold.id, {1: 1})
    assert (back.purchase.due, back.changes.vouchers_used) == (500, ())
    assert shop.rows("SELECT used_by FROM vouchers") == [{"used_by": elsewhere.id}]


def shop_voucher_for_money(shop: Shop, customer_id: str) -> str:
    """The code of a voucher for 5.00 off coffee."""
    off = {"kind": "amount_off", "name": {"en": "5 off", "ar": "خصم 5"}, "amount": 500}
    shop.adjust(customer_id, 10)  # type: ignore[arg-type]
    wanted = {**off, "selector": {"skus": ["COFFEE"]}}
    return shop.redeem(customer_id, shop.offer(10, wanted)).code  # type: ignore[arg-type]


def test_units_given_on_top_are_handed_back(shop: Shop) -> None:
    shop.publish(rule("buy_x_get_y", counting="on_top"))
    sold = shop.sell(shop.customer(), line("COFFEE", 4)).purchase
    assert shop.take_back(sold.id, {0: 1}).changes.gifts == (("COFFEE", -1),)


def test_two_returns_at_once_take_no_more_than_was_bought(shop: Shop) -> None:
    shop.publish(POINT_PER_RIYAL)
    ana = shop.customer()
    sold = shop.sell(ana, line("COFFEE", 5)).purchase.id

    def take_three(_number: int) -> str:
        try:
            return shop.take_back(sold, {0: 3}).purchase.status
        except ReturnTooLarge as refused:
            return refused.code

    with ThreadPoolExecutor(6) as tills:
        found = sorted(tills.map(take_three, range(6)))
    assert found == ["partly_returned"] + ["return_too_large"] * 5
    assert shop.points(ana) == (20, 20)


def test_a_return_against_redemptions_of_the_same_points_conserves_them(shop: Shop) -> None:
    """Whoever comes first: what was spent is owed, and what was taken back cannot be spent."""
    shop.publish(POINT_PER_RIYAL)
    ana = shop.customer()
    sold = shop.earn(ana, 10)
    reward = shop.offer(10)

    def attempt(number: int) -> str:
        try:
            if number % 2:
                shop.take_back(sold)
            else:
                shop.redeem(ana, reward)
        except Refused as refused:
            return refused.code
        return "returned" if number % 2 else "redeemed"

    with ThreadPoolExecutor(6) as tills:
        found = list(tills.map(attempt, range(6)))
    assert found.count("returned") == 1
    assert found.count("redeemed") <= 1
    assert shop.points(ana) == (-10 * found.count("redeemed"), 0)


def test_a_return_long_after_the_points_were_spent_leaves_a_debt(shop: Shop) -> None:
    shop.publish(POINT_PER_RIYAL, expiry={"kind": "rolling", "days": 30})
    ana = shop.customer()
    sold = shop.earn(ana, 10)
    shop.redeem(ana, shop.offer(10))
    shop.at = NOON + timedelta(days=400)
    shop.take_back(sold)
    assert shop.points(ana) == (-10, 0)
    assert shop.rows("SELECT remaining FROM lots WHERE remaining <> 0") == [{"remaining": -10}]
