"""What pays for a basket out of our own wallets, and what stays paid when part of it comes back."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from services.loyalty.domain.basket import Tender
from services.loyalty.domain.effects import Pay
from services.loyalty.domain.gift_card import gift_card_id
from services.loyalty.domain.pay_with_points import PayWithPoints
from services.loyalty.domain.refusals.purchases import PaymentTooLarge, PointsNotTaken
from services.loyalty.domain.tender import kept, payments, without_codes
from services.loyalty.domain.voucher_code import displayed, voucher_code
from tests.services.loyalty.domain.build import basket, customer, document, evaluated, line, only, rule

CODE, OTHER = voucher_code(b"0123456789"), voucher_code(b"9876543210")
# 100 points are worth 5.00; in steps of 100, from 200 on, for half of the order.
TERMS = PayWithPoints(points=100, worth=500, step=100, at_least=200, at_most_percent=50)  # type: ignore[arg-type]


def pays(
    *tenders: dict[str, Any], due: int = 10_000, terms: PayWithPoints | None = TERMS
) -> list[tuple[str, str, int]]:
    bought = basket(line(price=due), customer_id="cus_1", tenders=tenders)
    return [(pay.owner, pay.unit, pay.units) for pay in payments(terms, "points", bought, due)]


@pytest.mark.parametrize(
    ("due", "available", "most"),
    [
        (10_000, 5_000, 1_000),  # half of 100.00 is 50.00
        (10_000, 650, 600),  # whole steps
        (10_000, 199, 0),
        (2_000, 5_000, 200),
        (1_999, 5_000, 0),  # half of it is less than the smallest payment
    ],
)
def test_the_most_that_points_can_pay(due: int, available: int, most: int) -> None:
    assert TERMS.most(due, available) == most


@pytest.mark.parametrize(("amount", "units"), [(1000, 200), (5000, 1000), (500, None), (1200, None), (5500, None)])
def test_points_pay_whole_steps_within_their_bounds(amount: int, units: int | None) -> None:
    tender = {"kind": "points", "amount": amount}
    if units is None:
        with pytest.raises(PointsNotTaken):
            pays(tender)
        return
    assert pays(tender) == [("cus_1", "points", units)]


def test_points_are_only_said_where_the_program_takes_none() -> None:
    assert pays({"kind": "points", "amount": 1234}, terms=None) == []


def test_a_gift_card_is_known_by_its_code_however_it_is_typed() -> None:
    for typed in (CODE, displayed(CODE).lower()):
        assert pays({"kind": "gift_card", "amount": 700, "code": typed}) == [(gift_card_id(CODE), "SAR", 700)]
    assert gift_card_id(CODE) != gift_card_id(OTHER)
    assert pays({"kind": "gift_card", "amount": 700}) == [], "somebody else's card is not ours to take from"


def test_no_more_is_paid_than_is_due_and_no_card_twice() -> None:
    card = {"kind": "gift_card", "amount": 600, "code": CODE}
    with pytest.raises(PaymentTooLarge):
        pays(card, {**card, "code": OTHER}, due=1000)
    with pytest.raises(PaymentTooLarge):
        pays(card, card)
    assert len(pays(card, {**card, "code": OTHER}, due=1200)) == 2


@pytest.mark.parametrize("fields", [{"points": 3, "worth": 100}, {"worth": 0}, {"worth": 1, "at_most_percent": 101}])
def test_what_cannot_be_a_rate(fields: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        PayWithPoints(**fields)


def test_the_codes_are_not_kept() -> None:
    bought = basket(tenders=[{"kind": "gift_card", "amount": 700, "code": CODE}, {"kind": "cash", "amount": 300}])
    stored = without_codes(bought)
    assert stored.tenders == (Tender(kind="gift_card", amount=700), Tender(kind="cash", amount=300))
    assert CODE not in stored.model_dump_json()


@pytest.mark.parametrize(("earns", "points"), [(False, 60), (True, 100)])
def test_pain_12_what_points_pay_for_earns_nothing_unless_the_program_says_so(earns: bool, points: int) -> None:
    bought = basket(
        line(price=10_000), tenders=[{"kind": "points", "amount": 4_000}, {"kind": "cash", "amount": 6_000}]
    )
    taken = {"worth": 1, "earns": earns}
    assert only(evaluated([rule("earn", per=100)], bought, customer(), pay_with_points=taken)).amount == points


def paid(amount: int, due: int, *, by_points: bool) -> Pay:
    units = amount // 500 * 100 if by_points else amount
    return Pay(
        tender="points" if by_points else "gift_card",
        owner="x",
        unit="points",
        units=units,
        amount=amount,
        units_sold=units,
        amount_sold=amount,
        due_sold=due,
    )


@pytest.mark.parametrize(
    ("by_points", "left", "stays"),
    [
        pytest.param(True, 10_000, 4_000, id="nothing came back"),
        pytest.param(True, 5_000, 2_000, id="half came back"),
        pytest.param(True, 4_999, 1_500, id="points stay in whole steps"),
        pytest.param(True, 0, 0, id="all of it"),
        pytest.param(False, 4_999, 1_999, id="a card gives to the cent"),
        pytest.param(False, 12_000, 4_000, id="never more than was paid"),
    ],
)
def test_what_stays_paid(by_points: bool, left: int, stays: int) -> None:
    (still,) = kept(TERMS, [paid(4_000, 10_000, by_points=by_points)], left)
    assert still.amount == stays
    assert still.units == (stays // 500 * 100 if by_points else stays)


@given(st.integers(1, 40), st.lists(st.integers(0, 20_000), min_size=1, max_size=6), st.booleans())
def test_any_way_back_ends_the_same(steps: int, lefts: list[int], by_points: bool) -> None:
    """What is left to pay falls, in any number of returns."""
    sold = paid(steps * 500, 20_000, by_points=by_points)
    still = [sold]
    for left in sorted(lefts, reverse=True):
        before, still = still, list(kept(TERMS, still, left))
        assert 0 <= still[0].units <= before[0].units
    assert still == list(kept(TERMS, [sold], min(lefts)))


def test_what_pays_is_a_unit_of_the_program() -> None:
    paying = document(further_units=[{"unit": "SAR"}], pay_with_points={"unit": "SAR", "worth": 1})
    assert (paying.paying_unit, document().paying_unit) == ("SAR", "points")
    with pytest.raises(ValidationError):
        document(pay_with_points={"unit": "SAR", "worth": 1})
