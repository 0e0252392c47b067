"""What a sale's effects leave in the books, each by its kind."""

from typing import Any

import pytest

from contracts.events.loyalty import (
    AnyFact,
    DiscountGiven,
    MembershipExtended,
    PointsAccrued,
    PurchaseRecorded,
    StampsGiven,
    VoucherIssued,
)
from services.loyalty.domain.effects import IssueVoucher, effects_from_json
from services.loyalty.domain.voucher_code import is_voucher_code
from tests.services.loyalty.domain.build import NAME, line, rule
from tests.services.loyalty.shop import FREE_COFFEE, NOON, POINT_PER_RIYAL, Shop, later


def facts(shop: Shop) -> list[AnyFact]:
    """What the last sale told."""
    sale = shop.told()[-1]
    assert isinstance(sale, PurchaseRecorded)
    return sale.facts


def test_points_become_a_lot_with_its_dates(shop: Shop) -> None:
    shop.publish(POINT_PER_RIYAL, pending_days=1, expiry={"kind": "rolling", "days": 1})
    ana = shop.customer()
    sold = shop.sell(ana).purchase
    (lot,) = shop.rows("SELECT id, reference, rule, amount, remaining, earned_at, spendable_at, expires_at FROM lots")
    assert lot == {
        "id": f"lot_{sold.id.removeprefix('pur_')}_1",
        "reference": sold.id,
        "rule": "earn",
        "amount": 10,
        "remaining": 10,
        "earned_at": NOON,
        "spendable_at": later(days=1),
        "expires_at": later(days=2, hours=12),
    }
    assert facts(shop) == [
        PointsAccrued(unit="points", amount=10, spendable_at=later(days=1), expires_at=later(days=2, hours=12))
    ]


def test_points_that_can_be_spent_at_once_are_not_told_as_pending(shop: Shop) -> None:
    shop.publish(POINT_PER_RIYAL)
    shop.sell(shop.customer())
    assert facts(shop) == [PointsAccrued(unit="points", amount=10, spendable_at=None, expires_at=None)]


def test_each_accrual_is_a_lot_of_its_own(shop: Shop) -> None:
    shop.publish(POINT_PER_RIYAL, rule("earn", id="double", per=100))
    sold = shop.sell(shop.customer()).purchase
    made = shop.rows("SELECT id, rule FROM lots ORDER BY id")
    suffix = sold.id.removeprefix("pur_")
    assert made == [{"id": f"lot_{suffix}_1", "rule": "earn"}, {"id": f"lot_{suffix}_2", "rule": "double"}]


def test_a_full_card_becomes_vouchers_nobody_can_guess(shop: Shop) -> None:
    shop.publish(rule("stamp_card", card="coffee", stamps_needed=2, reward={**FREE_COFFEE, "valid_days": 1}, name=NAME))
    ana = shop.customer()
    sold = shop.sell(ana, line("COFFEE", 5)).purchase
    vouchers = shop.rows("SELECT code, customer_id, card, source, status, valid_until FROM vouchers ORDER BY id")
    codes = [voucher["code"] for voucher in vouchers]
    assert len(set(codes)) == 2
    assert all(map(is_voucher_code, codes))
    until = later(days=1, hours=12)
    expected = {"customer_id": ana, "card": "coffee", "source": sold.id, "status": "issued", "valid_until": until}
    assert [{name: row[name] for name in expected} for row in vouchers] == [expected, expected]
    stored = [effect.code for effect in effects_from_json(sold.effects) if isinstance(effect, IssueVoucher)]
    assert stored == codes
    stamps, *issued = facts(shop)
    assert stamps == StampsGiven(card="coffee", card_name=NAME, stamps=5, stamps_on_card=1, stamps_needed=2)
    assert [type(fact) for fact in issued] == [VoucherIssued, VoucherIssued]
    assert not any(code in shop.told()[-1].model_dump_json() for code in codes), "a code is told to nobody"


def test_membership_time_is_paid_first_and_then_a_gift(shop: Shop) -> None:
    shop.publish(rule("membership_bonus", plan="gym", selector={"skus": ["GYM"]}, paid_months=12, bonus_months=3))
    ana = shop.customer()
    sold = shop.sell(ana, line("GYM")).purchase
    assert shop.rows("SELECT kind, months, reference FROM membership_entries ORDER BY position") == [
        {"kind": "paid", "months": 12, "reference": sold.id},
        {"kind": "bonus", "months": 3, "reference": sold.id},
    ]
    (fact,) = facts(shop)
    assert isinstance(fact, MembershipExtended)
    assert (fact.plan, fact.paid_months, fact.bonus_months, str(fact.ends_on)) == ("gym", 12, 3, "2037-06-01")


def test_a_membership_begins_on_the_day_it_is_in_the_shop(shop: Shop) -> None:
    shop.publish(rule("membership_bonus", plan="gym", selector={}, paid_months=1))
    shop.at = later(hours=12)  # midnight in Riyadh, nine in the evening in Greenwich
    shop.sell(shop.customer())
    assert shop.rows("SELECT from_date::text AS day FROM membership_entries") == [{"day": "2036-03-03"}]


@pytest.mark.parametrize(
    ("rules", "told"),
    [
        pytest.param(rule("discount", percent_off=10), DiscountGiven(rule="discount", amount=300), id="money off"),
        pytest.param(rule("buy_x_get_y"), DiscountGiven(rule="buy_x_get_y", amount=1000), id="one of three free"),
        pytest.param(
            rule("buy_x_get_y", counting="on_top"),
            DiscountGiven(rule="buy_x_get_y", amount=0, free_units=1),
            id="one given on top",
        ),
    ],
)
def test_what_is_taken_off_is_told(shop: Shop, rules: dict[str, Any], told: DiscountGiven) -> None:
    shop.publish(rules)
    shop.sell(shop.customer(), line("COFFEE", 3))
    assert facts(shop) == [told]


def test_a_used_voucher_is_told_as_money_off(shop: Shop) -> None:
    ana = shop.customer()
    shop.adjust(ana, 10)
    code = shop.redeem(ana, shop.offer(10)).code
    shop.publish(POINT_PER_RIYAL)
    sold = shop.sell(ana, line("COFFEE", 2), codes=[code.lower()]).purchase
    assert sold.due == 1000
    assert facts(shop)[0] == DiscountGiven(rule="voucher", amount=1000)
    (voucher,) = shop.rows("SELECT status, used_by, used_at FROM vouchers")
    assert voucher == {"status": "used", "used_by": sold.id, "used_at": NOON}
