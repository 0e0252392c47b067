"""A quote says what a purchase would do; it leaves no trace and waits for nobody."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from kernel.ids import CustomerId
from services.loyalty.domain.effects import Accrue
from services.loyalty.domain.evaluate import Evaluation
from services.loyalty.domain.refusals.customers import CustomerBlocked, CustomerUnknown
from services.loyalty.domain.refusals.purchases import CurrencyMismatch
from services.loyalty.operations.quote_basket import quote_basket
from services.loyalty.operations.record_purchases import Sale
from services.loyalty.tables.standings import lock_standing
from tests.services.loyalty.domain.build import line, rule
from tests.services.loyalty.shop import FREE_COFFEE, NOON, POINT_PER_RIYAL, Shop, later

CARD = rule("stamp_card", card="coffee", stamps_needed=1, selector={"skus": ["COFFEE"]}, reward=FREE_COFFEE)
GYM = rule("membership_bonus", plan="gym", selector={"skus": ["GYM"]}, paid_months=12)


def quote(shop: Shop, sale: Sale) -> Evaluation:
    with shop.database.transaction(shop.tenant_id) as db:
        return quote_basket(db, shop.tenant_id, sale.basket, at=shop.at)[0]


def test_a_quote_is_what_the_purchase_then_is(shop: Shop) -> None:
    shop.publish(POINT_PER_RIYAL, CARD, GYM, rule("discount", percent_off=10))
    ana = shop.customer()
    shop.sell(ana)
    (voucher,) = shop.rows("SELECT code FROM vouchers")
    sale = shop.sale(ana, line("COFFEE", 3), line("GYM"), codes=[voucher["code"]])
    before = shop.everything()
    quoted = quote(shop, sale)
    assert shop.everything() == before
    (recorded,) = shop.record(sale)
    assert (quoted.totals.due, quoted.totals.discount) == (recorded.purchase.due, recorded.purchase.discount)  # type: ignore[union-attr]
    assert [effect.kind for effect in quoted.effects] == [
        "use_voucher", "discount", "accrue", "stamp", "issue_voucher", "issue_voucher", "extend_membership",
    ]  # fmt: skip


def test_a_quote_waits_for_no_lock(shop: Shop) -> None:
    shop.publish(POINT_PER_RIYAL)
    ana = shop.customer()
    sale = shop.sale(ana)
    with shop.database.transaction(shop.tenant_id) as busy, ThreadPoolExecutor(1) as till:
        lock_standing(busy, shop.tenant_id, ana)
        assert till.submit(quote, shop, sale).result(timeout=4).totals.due == 1000


def test_a_quote_is_for_the_customer_as_they_are(shop: Shop) -> None:
    welcome = rule("earn", id="welcome", points=10, per=100, conditions=[{"kind": "first_purchase"}])
    shop.publish(welcome)
    ana = shop.customer()
    assert [type(effect) for effect in quote(shop, shop.sale(ana)).effects] == [Accrue]
    shop.sell(ana)
    assert [miss.condition for miss in quote(shop, shop.sale(ana)).misses] == ["first_purchase"]


def test_a_quote_for_nobody_and_under_no_program(shop: Shop) -> None:
    assert quote(shop, shop.sale(None)).totals.due == 1000
    shop.publish(POINT_PER_RIYAL)
    assert [miss.condition for miss in quote(shop, shop.sale(None)).misses] == ["customer"]


def test_a_clock_far_ahead_is_not_believed(shop: Shop) -> None:
    shop.publish(rule("discount", percent_off=10, starts_on=str(later(days=1).date())))
    ahead = quote(shop, shop.sale(None, occurred_at=later(days=2)))
    assert (ahead.effects, NOON) == ((), shop.at)


def test_who_gets_no_quote(shop: Shop, other_shop: Shop) -> None:
    shop.publish(POINT_PER_RIYAL)
    for sale, refusal in (
        (shop.sale(CustomerId("cus_nobody")), CustomerUnknown),
        (shop.sale(other_shop.customer()), CustomerUnknown),
        (shop.sale(shop.customer(status="blocked")), CustomerBlocked),
        (shop.sale(None, currency="KWD"), CurrencyMismatch),
    ):
        with pytest.raises(refusal):
            quote(shop, sale)
