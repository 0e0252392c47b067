"""Sales in a batch: each as if alone, none twice, nobody disturbed by a neighbour."""

from datetime import timedelta
from typing import Any

import pytest

from chassis.web.idempotency import IdempotencyKeyReused
from contracts.events.loyalty import PurchaseRecorded
from kernel.ids import CustomerId
from kernel.refusal import Refused
from services.loyalty.domain.effects import Accrue, effects_from_json
from services.loyalty.domain.refusals.customers import CustomerBlocked, CustomerUnknown
from services.loyalty.domain.refusals.memberships import MembershipTooLong
from services.loyalty.domain.refusals.purchases import CurrencyMismatch, PurchaseConflict
from services.loyalty.operations.record_purchases import Outcome, Recorded, SpoiltBatch
from tests.services.loyalty.domain.build import line, rule
from tests.services.loyalty.shop import A_YEAR, FREE_COFFEE, NOON, POINT_PER_RIYAL, Shop, later

GYM = rule("membership_bonus", plan="gym", selector={"skus": ["GYM"]}, paid_months=12, bonus_months=3)
COFFEE_CARD = rule("stamp_card", card="coffee", stamps_needed=2, selector={"skus": ["COFFEE"]}, reward=FREE_COFFEE)
WELCOME = rule("earn", id="welcome", points=10, per=100, conditions=[{"kind": "first_purchase"}])


def outcomes(found: list[Outcome]) -> list[Any]:
    """Whether each sale was recorded again, or the kind of its refusal."""
    return [one.again if isinstance(one, Recorded) else type(one) for one in found]


def accrued(outcome: Outcome) -> list[int]:
    """The points of each accrual of a sale."""
    assert isinstance(outcome, Recorded)
    effects = effects_from_json(outcome.purchase.effects)
    return [effect.amount for effect in effects if isinstance(effect, Accrue)]


def codes_given(shop: Shop) -> list[str]:
    return [row["code"] for row in shop.rows("SELECT code FROM vouchers ORDER BY id")]


def test_a_sale_is_recorded_with_all_it_causes(shop: Shop) -> None:
    program_id, version = shop.publish(POINT_PER_RIYAL)
    ana = shop.customer()
    sold = shop.sell(ana, line("COFFEE", 3, 1250, discount=250)).purchase
    assert (sold.status, sold.customer_id, sold.balance_after) == ("recorded", ana, 35)
    assert (sold.subtotal, sold.discount, sold.due) == (3750, 250, 3500)
    assert (sold.program_id, sold.program_version) == (program_id, version)
    assert shop.points(ana) == (35, 35)
    assert shop.rows("SELECT kind, wallet, reference, amount, balance_after FROM entries ORDER BY position") == [
        {"kind": "accrual", "wallet": "customer", "reference": sold.id, "amount": 35, "balance_after": 35},
        {"kind": "accrual", "wallet": "issued", "reference": sold.id, "amount": -35, "balance_after": None},
    ]
    (told,) = [event for event in shop.told() if isinstance(event, PurchaseRecorded)]
    assert (told.purchase_id, told.due, told.balance, told.customer_id) == (sold.id, 3500, 35, ana)
    assert shop.rows("SELECT purchases FROM customers") == [{"purchases": 1}]


def test_the_same_receipt_again_is_the_first_result(shop: Shop) -> None:
    shop.publish(POINT_PER_RIYAL)
    ana = shop.customer()
    sale = shop.sale(ana)
    (first,) = shop.record(sale)
    shop.at = later(days=400)
    (again,) = shop.record(sale)
    assert isinstance(first, Recorded)
    assert isinstance(again, Recorded)
    assert (first.again, again.again) == (False, True)
    assert again.purchase == first.purchase
    assert shop.points(ana) == (10, 10)
    assert len([event for event in shop.told() if isinstance(event, PurchaseRecorded)]) == 1


def test_twice_in_one_batch_is_once(shop: Shop) -> None:
    shop.publish(POINT_PER_RIYAL)
    ana = shop.customer()
    sale = shop.sale(ana)
    first, second = shop.record(sale, sale)
    assert outcomes([first, second]) == [False, True]
    assert shop.points(ana) == (10, 10)


@pytest.mark.parametrize("together", [True, False], ids=["in one batch", "one after the other"])
def test_other_content_under_the_same_receipt_is_refused(shop: Shop, together: bool) -> None:
    shop.publish(POINT_PER_RIYAL)
    ana = shop.customer()
    sales = shop.sale(ana, external_id="R-X"), shop.sale(ana, line("TEA"), external_id="R-X")
    found = shop.record(*sales) if together else [shop.record(sale)[0] for sale in sales]
    assert outcomes(found) == [False, PurchaseConflict]
    assert shop.points(ana) == (10, 10)


def test_the_same_number_in_another_store_is_another_receipt(shop: Shop) -> None:
    shop.publish(POINT_PER_RIYAL)
    ana = shop.customer()
    shop.sell(ana, external_id="R-X", store_id="riyadh-1")
    shop.sell(ana, external_id="R-X", store_id="riyadh-2")
    assert shop.points(ana) == (20, 20)


def test_several_sales_of_one_customer_run_on_from_each_other(shop: Shop) -> None:
    shop.publish(POINT_PER_RIYAL, WELCOME)
    ana = shop.customer()
    found = shop.record(shop.sale(ana), shop.sale(ana), shop.sale(ana))
    assert [accrued(one) for one in found] == [[10, 100], [10], [10]]
    assert [one.purchase.balance_after for one in found if isinstance(one, Recorded)] == [110, 120, 130]
    assert shop.points(ana) == (130, 130)
    assert shop.rows("SELECT purchases FROM customers") == [{"purchases": 3}]
    assert shop.rows("SELECT count(*) FROM lots") == [{"count": 4}]


def test_a_batch_of_several_tenants(shop: Shop, other_shop: Shop) -> None:
    shop.publish(POINT_PER_RIYAL)
    other_shop.publish(rule("earn", per=10))
    ana, omar = shop.customer(), other_shop.customer()
    found = shop.record(shop.sale(ana), other_shop.sale(omar), shop.sale(ana))
    assert outcomes(found) == [False, False, False]
    assert shop.points(ana) == (20, 20)
    assert other_shop.points(omar) == (100, 100)
    assert shop.rows("SELECT count(*) FROM purchases") == [{"count": 2}]


def test_tenants_may_use_the_same_receipts_and_keys(shop: Shop, other_shop: Shop) -> None:
    named = {"external_id": "R-X", "key": "K-1"}
    found = shop.record(shop.sale(None, **named), other_shop.sale(None, line("TEA"), **named))
    assert outcomes(found) == [False, False]


def test_a_walk_in_earns_nothing_and_is_in_the_books(shop: Shop) -> None:
    shop.publish(POINT_PER_RIYAL, rule("discount", percent_off=10))
    sold = shop.sell(None).purchase
    assert (sold.customer_id, sold.due, sold.balance_after) == (None, 900, None)
    assert shop.rows("SELECT count(*) FROM entries") == [{"count": 0}]


def test_without_a_program_a_sale_costs_what_it_costs(shop: Shop) -> None:
    ana = shop.customer()
    sold = shop.sell(ana, line(discount=100)).purchase
    assert (sold.subtotal, sold.discount, sold.due, sold.program_id) == (1000, 100, 900, None)
    assert shop.points(ana) == (0, 0)


def test_a_refused_sale_does_not_disturb_its_neighbours(shop: Shop, other_shop: Shop) -> None:
    shop.publish(POINT_PER_RIYAL)
    ana, blocked, elsewhere = shop.customer(), shop.customer(status="blocked"), other_shop.customer()
    found = shop.record(
        shop.sale(ana),
        shop.sale(CustomerId("cus_nobody")),
        shop.sale(blocked),
        shop.sale(elsewhere),
        shop.sale(ana, currency="KWD"),
        shop.sale(ana),
    )
    assert outcomes(found) == [False, CustomerUnknown, CustomerBlocked, CustomerUnknown, CurrencyMismatch, False]
    assert shop.points(ana) == (20, 20)
    assert shop.rows("SELECT count(*) FROM purchases") == [{"count": 2}]


def test_a_key_names_one_request(shop: Shop) -> None:
    shop.publish(POINT_PER_RIYAL)
    ana = shop.customer()
    first = shop.sale(ana, key="K-1")
    found = shop.record(first, first, shop.sale(ana, key="K-1"), shop.sale(ana, key="K-2"))
    assert outcomes(found) == [False, True, IdempotencyKeyReused, False]
    assert outcomes(shop.record(first)) == [True]
    assert outcomes(shop.record(shop.sale(ana, key="K-1"))) == [IdempotencyKeyReused]
    assert shop.points(ana) == (20, 20)


def test_a_sale_refused_when_half_posted_spoils_its_batch_and_leaves_nothing_alone(shop: Shop) -> None:
    """A membership that would end after the calendar is found out only when its months are added."""
    shop.publish(POINT_PER_RIYAL, {**GYM, "paid_months": 120})
    ana, omar = shop.customer(), shop.customer()
    years = [line("GYM", 10)]
    assert set(outcomes(shop.record(*(shop.sale(ana, *years) for _ in range(67))))) == {False}
    before = shop.points(ana)
    with pytest.raises(SpoiltBatch):
        shop.record(shop.sale(omar), shop.sale(ana, *years))
    assert shop.points(omar) == (0, 0)
    assert outcomes(shop.record(shop.sale(ana, *years))) == [MembershipTooLong]
    assert shop.points(ana) == before


def test_pending_points_can_be_spent_later(shop: Shop) -> None:
    shop.publish(POINT_PER_RIYAL, pending_days=14)
    ana = shop.customer()
    shop.earn(ana, 10)
    assert shop.points(ana) == (10, 0)
    assert shop.balance(ana).pending == 10
    shop.at = later(days=14, seconds=-1)
    assert shop.points(ana) == (10, 0)
    shop.at = later(days=14)
    assert shop.points(ana) == (10, 10)


def test_a_wallet_that_time_has_passed_by_is_brought_up_to_date(shop: Shop) -> None:
    """Its totals were true when they were written; since then its lots have died or become spendable."""
    shop.publish(POINT_PER_RIYAL, expiry={"kind": "rolling", "days": 1}, pending_days=1)
    ana = shop.customer()
    shop.earn(ana, 10)
    shop.at = later(days=1)
    shop.earn(ana, 20)
    (wallet,) = shop.rows("SELECT balance, pending, expired FROM wallets")
    assert wallet == {"balance": 30, "pending": 20, "expired": 0}
    shop.at = later(days=4)
    shop.earn(ana, 40)
    (wallet,) = shop.rows("SELECT balance, pending, expired, settled_until FROM wallets")
    assert wallet == {"balance": 70, "pending": 40, "expired": 30, "settled_until": later(days=5)}
    assert shop.points(ana) == (40, 0)


def test_a_late_upload_brings_points_that_died_long_ago(shop: Shop) -> None:
    shop.publish(POINT_PER_RIYAL, expiry=A_YEAR)
    ana = shop.customer()
    shop.earn(ana, 5)
    shop.earn(ana, 10, occurred_at=NOON - timedelta(days=800))
    assert shop.rows("SELECT balance, expired FROM wallets") == [{"balance": 15, "expired": 10}]
    assert shop.points(ana) == (5, 5)


@pytest.mark.parametrize(
    ("ahead", "believed"),
    [(timedelta(minutes=5), NOON + timedelta(minutes=5)), (timedelta(minutes=5, seconds=1), NOON)],
)
def test_a_tills_clock_may_run_a_little_ahead(shop: Shop, ahead: timedelta, believed: Any) -> None:
    sold = shop.sell(None, occurred_at=NOON + ahead).purchase
    assert (sold.occurred_at, sold.recorded_at) == (believed, NOON)


def test_new_points_pay_a_debt_first(shop: Shop) -> None:
    shop.publish(POINT_PER_RIYAL)
    ana = shop.customer()
    spent = shop.earn(ana, 30)
    shop.redeem(ana, shop.offer(30))
    shop.take_back(spent)
    assert shop.points(ana) == (-30, 0)
    shop.record(shop.sale(ana), shop.sale(ana))
    assert shop.points(ana) == (-10, 0)
    shop.record(shop.sale(ana), shop.sale(ana))
    assert shop.points(ana) == (10, 10)
    assert shop.rows("SELECT debt FROM wallets") == [{"debt": 0}]


def test_one_accrual_pays_several_debts(shop: Shop) -> None:
    shop.publish(POINT_PER_RIYAL)
    ana = shop.customer()
    receipts = [shop.earn(ana, 30), shop.earn(ana, 40)]
    shop.redeem(ana, shop.offer(70))
    for receipt in receipts:
        shop.take_back(receipt)
    assert shop.points(ana) == (-70, 0)
    shop.earn(ana, 100)
    assert shop.points(ana) == (30, 30)


def test_a_voucher_is_used_once_even_in_one_batch(shop: Shop) -> None:
    shop.publish(COFFEE_CARD)
    ana = shop.customer()
    shop.sell(ana, line("COFFEE", 2))
    (code,) = codes_given(shop)
    first, second = shop.record(shop.sale(ana, codes=[code]), shop.sale(ana, codes=[code]))
    assert isinstance(first, Recorded)
    assert isinstance(second, Recorded)
    assert (first.purchase.due, second.purchase.due) == (0, 1000)
    assert "voucher_used" in second.purchase.misses
    (voucher,) = shop.rows("SELECT status, used_by FROM vouchers WHERE code = :code", code=code)
    assert voucher == {"status": "used", "used_by": first.purchase.id}


def test_a_voucher_is_for_its_customer_only(shop: Shop) -> None:
    shop.publish(COFFEE_CARD)
    ana, omar = shop.customer(), shop.customer()
    shop.sell(ana, line("COFFEE", 2))
    (code,) = codes_given(shop)
    assert shop.sell(omar, codes=[code]).purchase.due == 1000
    assert shop.sell(None, codes=[code]).purchase.due == 1000
    assert shop.rows("SELECT status FROM vouchers") == [{"status": "issued"}]


def test_a_card_fills_across_the_sales_of_a_batch(shop: Shop) -> None:
    shop.publish(COFFEE_CARD)
    ana = shop.customer()
    shop.record(shop.sale(ana), shop.sale(ana), shop.sale(ana))
    assert shop.rows("SELECT card, stamps, filled FROM stamp_cards") == [{"card": "coffee", "stamps": 1, "filled": 1}]
    assert len(codes_given(shop)) == 1


def test_a_membership_extended_twice_in_one_batch(shop: Shop) -> None:
    shop.publish(GYM)
    ana = shop.customer()
    shop.record(shop.sale(ana, line("GYM")), shop.sale(ana, line("GYM")))
    (membership,) = shop.rows("SELECT plan, ends_on::text FROM memberships")
    assert membership == {"plan": "gym", "ends_on": "2038-09-01"}
    assert [
        (row["kind"], row["months"], row["from_date"])
        for row in shop.rows("SELECT kind, months, from_date::text FROM membership_entries ORDER BY position")
    ] == [
        ("paid", 12, "2036-03-02"),
        ("bonus", 3, "2037-03-02"),
        ("paid", 12, "2037-06-02"),
        ("bonus", 3, "2038-06-02"),
    ]


def test_a_quote_pins_the_version_that_decides(shop: Shop) -> None:
    promised = shop.publish(POINT_PER_RIYAL)
    shop.publish(rule("earn", per=1000))
    ana = shop.customer()
    sold = shop.sell(ana, quoted=promised).purchase
    assert (sold.program_version, sold.balance_after) == (promised[1], 10)
    assert shop.sell(ana).purchase.balance_after == 11


def test_the_trace_of_a_request_goes_with_its_event(shop: Shop) -> None:
    shop.sell(None, trace="req_1")
    assert shop.rows("SELECT trace FROM outbox WHERE type LIKE '%purchase%'") == [{"trace": "req_1"}]


def test_nothing_is_written_for_a_refused_sale(shop: Shop) -> None:
    (refused,) = shop.record(shop.sale(CustomerId("cus_nobody"), key="K-1"))
    assert isinstance(refused, Refused)
    for table in ("purchases", "entries", "idempotency_keys", "outbox"):
        assert shop.rows(f"SELECT count(*) FROM {table}") == [{"count": 0}]
