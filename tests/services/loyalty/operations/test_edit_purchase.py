"""A sale is corrected: the books end where the right sale would have ended. Source: docs/rules/returns.md."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from chassis.web.etags import VersionStale
from contracts.events.loyalty import PurchaseReturned
from services.loyalty.domain.refusals.purchases import ReceiptChanged
from tests.services.loyalty.domain.build import line, rule
from tests.services.loyalty.operations.test_return_purchase import voucher_of
from tests.services.loyalty.shop import FREE_COFFEE, POINT_PER_RIYAL, Shop, later

CARD = rule("stamp_card", card="coffee", stamps_needed=3, selector={"skus": ["COFFEE"]}, reward=FREE_COFFEE)
GYM = rule("membership_bonus", plan="gym", selector={"skus": ["GYM"]}, paid_months=12, bonus_months=3)
WELCOME = rule("earn", id="welcome", points=10, per=100, conditions=[{"kind": "first_purchase"}])
THREE = rule("buy_x_get_y", selector={"skus": ["TEA"]})


def holdings(shop: Shop, customer_id: str) -> dict[str, Any]:
    """All that a customer has, without ids and codes."""
    mine = {"owner": customer_id}
    return {
        "points": shop.points(customer_id),  # type: ignore[arg-type]
        "purchases": shop.rows("SELECT purchases FROM customers WHERE customer_id = :owner", **mine),
        "cards": shop.rows("SELECT card, stamps FROM stamp_cards WHERE customer_id = :owner AND stamps <> 0", **mine),
        "vouchers": shop.rows("SELECT count(*) FROM vouchers WHERE customer_id = :owner AND status = 'issued'", **mine),
        "months": shop.rows(
            """SELECT plan, ends_on::text FROM memberships m WHERE customer_id = :owner
               AND (SELECT sum(months) FROM membership_entries e WHERE e.membership_id = m.id) <> 0""",
            **mine,
        ),
    }


def test_a_line_that_was_forgotten_is_added(shop: Shop) -> None:
    shop.publish(POINT_PER_RIYAL)
    ana = shop.customer()
    sold = shop.sell(ana, line("COFFEE", 2)).purchase
    edited = shop.edit(sold.id, line("COFFEE", 2), line("CAKE", 1, 1500))
    assert (edited.refund, edited.purchase.due, edited.purchase.status) == (-1500, 3500, "edited")
    assert shop.points(ana) == (35, 35)
    told = shop.told()[-1]
    assert isinstance(told, PurchaseReturned)
    assert (told.change, told.whole, told.refund) == ("edit", False, -1500)
    assert shop.rows("SELECT kind, reason, actor, basket IS NOT NULL AS kept FROM returns") == [
        {"kind": "edit", "reason": "mistyped", "actor": "key_test", "kept": True}
    ]


def test_a_sale_typed_wrong(shop: Shop) -> None:
    """The worked example of the rule's page."""
    shop.publish(rule("buy_x_get_y"), POINT_PER_RIYAL)
    ana = shop.customer()
    sold = shop.sell(ana, line("COFFEE", 3)).purchase
    edited = shop.edit(sold.id, line("COFFEE", 4))
    assert (edited.purchase.due, edited.refund) == (3000, -1000)
    assert shop.points(ana) == (30, 30)


def test_the_rules_and_the_life_of_the_sale_decide(shop: Shop) -> None:
    shop.publish(POINT_PER_RIYAL, WELCOME, expiry={"kind": "rolling", "days": 30})
    ana = shop.customer()
    sold = shop.sell(ana, line("COFFEE")).purchase
    shop.at = later(days=10)
    shop.publish(rule("earn", per=1))
    shop.edit(sold.id, line("COFFEE", 2))
    assert shop.points(ana) == (220, 220)
    shop.at = later(days=32)
    assert shop.points(ana) == (0, 0)


def test_what_an_edit_gave_a_later_return_takes_from_where_it_is(shop: Shop) -> None:
    """The lots that an edit made are the purchase's own: another purchase's are left alone."""
    shop.publish(POINT_PER_RIYAL, expiry={"kind": "rolling", "days": 30})
    ana = shop.customer()
    sold = shop.sell(ana, line("COFFEE")).purchase.id
    shop.edit(sold, line("COFFEE", 5))
    shop.at = later(days=5)
    newer = shop.earn(ana, 50)
    shop.take_back(sold)
    assert shop.rows("SELECT reference, remaining FROM lots WHERE remaining <> 0") == [
        {"reference": newer, "remaining": 50}
    ]


def test_units_of_an_edit_that_died_are_not_taken_from_others(shop: Shop) -> None:
    shop.publish(POINT_PER_RIYAL, expiry={"kind": "rolling", "days": 30})
    ana = shop.customer()
    sold = shop.sell(ana, line("COFFEE")).purchase.id
    shop.edit(sold, line("COFFEE", 5))
    shop.at = later(days=40)
    shop.earn(ana, 50)
    assert shop.expire() == 2
    shop.take_back(sold)
    assert shop.points(ana) == (50, 50)


@pytest.mark.parametrize("field", ["store_id", "external_id", "currency", "customer_id"])
def test_another_receipt_is_no_edit(shop: Shop, field: str) -> None:
    shop.publish(POINT_PER_RIYAL)
    sold = shop.sell(shop.customer()).purchase
    with pytest.raises(ReceiptChanged):
        shop.edit(sold.id, line(), **{field: "KWD" if field == "currency" else "cus_other"})


def test_only_the_revision_that_was_seen_is_changed(shop: Shop) -> None:
    shop.publish(POINT_PER_RIYAL)
    sold = shop.sell(shop.customer()).purchase
    assert sold.revision == 1
    shop.edit(sold.id, line("COFFEE", 2), expected=1)
    with pytest.raises(VersionStale):
        shop.edit(sold.id, line("COFFEE", 3), expected=1)
    with ThreadPoolExecutor(4) as staff:
        found = sorted(staff.map(lambda number: tried(shop, sold.id, number), range(4)))
    assert found == ["edited"] + ["stale"] * 3


def tried(shop: Shop, purchase_id: str, number: int) -> str:
    try:
        return shop.edit(purchase_id, line("COFFEE", number + 1), expected=2).purchase.status
    except VersionStale:
        return "stale"


def test_an_edit_shows_another_voucher(shop: Shop) -> None:
    shop.publish(POINT_PER_RIYAL)
    ana = shop.customer()
    code = voucher_of(shop, ana)
    sold = shop.sell(ana, line("COFFEE"), line("TEA")).purchase
    with_it = shop.edit(sold.id, line("COFFEE"), line("TEA"), codes=[code])
    assert (with_it.refund, with_it.changes.vouchers_used) == (1000, (code,))
    assert shop.rows("SELECT status, used_by FROM vouchers") == [{"status": "used", "used_by": sold.id}]
    without = shop.edit(sold.id, line("COFFEE"), line("TEA"), codes=[])
    assert (without.refund, without.changes.vouchers_freed) == (-1000, (code,))
    assert shop.rows("SELECT status, used_by FROM vouchers") == [{"status": "issued", "used_by": None}]
    assert shop.points(ana) == (20, 20)


def test_a_return_typed_by_mistake_is_edited_away(shop: Shop) -> None:
    shop.publish(POINT_PER_RIYAL)
    ana = shop.customer()
    sold = shop.sell(ana, line("COFFEE", 3)).purchase
    shop.take_back(sold.id)
    assert shop.edit(sold.id, line("COFFEE", 3)).refund == -3000
    assert holdings(shop, ana)["purchases"] == [{"purchases": 1}]
    assert shop.points(ana) == (30, 30)
    assert shop.take_back(sold.id, {0: 3}).purchase.status == "returned"


def test_the_same_receipt_again_finds_the_edited_sale(shop: Shop) -> None:
    shop.publish(POINT_PER_RIYAL)
    ana = shop.customer()
    sale = shop.sale(ana)
    (first,) = shop.record(sale)
    shop.edit(first.purchase.id, line("COFFEE", 4))  # type: ignore[union-attr]
    (again,) = shop.record(sale)
    assert again.again  # type: ignore[union-attr]
    assert again.purchase.due == 4000  # type: ignore[union-attr]
    assert shop.points(ana) == (40, 40)
