"""Coupons in a basket, and how their codes are read."""

from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from kernel.language import Language
from services.loyalty.domain.basket import Basket
from services.loyalty.domain.coupon import Campaign, CouponFacts, plain, readings
from services.loyalty.domain.effects import Discount, UseCoupon
from services.loyalty.domain.evaluate import Evaluation, evaluate
from services.loyalty.domain.tally import Used
from services.loyalty.domain.wording import effect_text, miss_text
from tests.services.loyalty.domain.build import NAME, basket, customer, document, line, program, rule

OFF = rule("discount", percent_off=20, conditions=[{"kind": "has_coupon", "campaign": "cpn_1"}])
USED = UseCoupon(code="E1D", written="EID", campaign="cpn_1")


def coupon(code: str = "EID", **facts: Any) -> CouponFacts:
    return CouponFacts(code=plain(code, "ignored"), written=code, campaign=facts.pop("campaign", "cpn_1"), **facts)


def decided(
    *coupons: CouponFacts, rules: tuple[dict[str, Any], ...] = (OFF,), bought: Basket | None = None, known: bool = True
) -> Evaluation:
    bought = bought or basket(codes=[each.written for each in coupons])
    who = customer() if known else None
    return evaluate(program(*rules), bought, who, bought.occurred_at, Used(coupons=coupons))


def misses(evaluation: Evaluation) -> list[tuple[str | None, str, str | None]]:
    return [(miss.rule, miss.condition, miss.code) for miss in evaluation.misses]


def test_a_coupon_lets_its_rules_apply_and_is_used_once() -> None:
    earn = rule("earn", per=100, conditions=OFF["conditions"])
    effects = decided(coupon(), rules=(OFF, earn)).effects
    assert [effect.kind for effect in effects] == ["discount", "accrue", "use_coupon"]
    assert effects[-1] == USED


def test_without_one_the_rule_says_that_it_needs_it() -> None:
    evaluation = decided()
    assert (evaluation.effects, misses(evaluation)) == ((), [("discount", "has_coupon", None)])


def test_what_does_nothing_uses_nothing() -> None:
    """The rule says why; the code was good."""
    far_off = {**OFF, "conditions": [*OFF["conditions"], {"kind": "spend_at_least", "amount": 5000}]}
    evaluation = decided(coupon(), rules=(far_off,))
    assert (evaluation.effects, misses(evaluation)) == ((), [("discount", "spend_at_least", None)])


@pytest.mark.parametrize(
    ("facts", "known", "condition"),
    [
        ({"barred": "stopped", "ends_on": date(2026, 1, 1)}, True, "coupon_stopped"),
        ({"starts_on": date(2026, 11, 23)}, True, "coupon_not_yet"),
        ({"ends_on": date(2026, 11, 21)}, True, "coupon_ended"),
        ({"barred": "used_up"}, True, "coupon_used_up"),
        ({"barred": "used_by_customer"}, True, "coupon_used_by_customer"),
        ({"barred": "reserved"}, True, "coupon_reserved"),
        ({"per_customer": True}, False, "coupon_customer"),
        ({"campaign": "cpn_2"}, True, "coupon_unasked"),
    ],
)
def test_a_coupon_that_cannot_be_used_says_why(facts: dict[str, Any], known: bool, condition: str) -> None:
    evaluation = decided(coupon(**facts), known=known)
    assert evaluation.effects == ()
    assert misses(evaluation) == [("discount", "has_coupon", None), (None, condition, "EID")]
    for language in Language:
        assert "EID" in miss_text(evaluation.misses[1], program(OFF), language)


@pytest.mark.parametrize("day", ["starts_on", "ends_on"])
def test_both_days_are_inside(day: str) -> None:
    assert USED in decided(coupon(**{day: date(2026, 11, 22)})).effects


def test_a_walk_in_may_use_what_is_not_limited_by_customer() -> None:
    assert decided(coupon(), known=False).effects[-1] == USED


def test_a_code_nobody_knows_is_unknown_beside_one_that_is_used() -> None:
    evaluation = decided(coupon(), bought=basket(codes=["eid", "NOPE"]))
    assert evaluation.effects[-1] == USED
    assert misses(evaluation) == [(None, "unknown_code", "NOPE")]


def test_one_of_several_codes_is_used_whatever_their_order() -> None:
    good, worn = coupon("B"), coupon("A", barred="used_up")
    for shown in ((good, coupon("C"), worn), (coupon("C"), worn, good)):
        evaluation = decided(*shown)
        assert [effect.written for effect in evaluation.effects if isinstance(effect, UseCoupon)] == ["B"]
        assert misses(evaluation) == [(None, "coupon_used_up", "A")]


def test_each_campaign_uses_one_of_its_own() -> None:
    other = rule("earn", per=100, conditions=[{"kind": "has_coupon", "campaign": "cpn_2"}])
    effects = decided(coupon("A", campaign="cpn_2"), coupon("B"), rules=(OFF, other)).effects
    assert [(e.campaign, e.written) for e in effects if isinstance(e, UseCoupon)] == [("cpn_1", "B"), ("cpn_2", "A")]


def test_a_rule_that_another_of_its_group_shuts_out_uses_nothing() -> None:
    better = rule("discount", percent_off=50, group="g")
    better["id"] = "better"
    rules = ({**OFF, "group": "g"}, better)
    bought = basket(codes=["EID"])
    compiled = program(*rules, groups=[{"id": "g", "mode": "best"}])
    effects = evaluate(compiled, bought, customer(), bought.occurred_at, Used(coupons=(coupon(),))).effects
    assert [effect.rule for effect in effects if isinstance(effect, Discount)] == ["better"]
    assert not [effect for effect in effects if isinstance(effect, UseCoupon)]


def test_a_rule_asks_for_one_campaign() -> None:
    two = [{"kind": "has_coupon", "campaign": "cpn_1"}, {"kind": "has_coupon", "campaign": "cpn_2"}]
    with pytest.raises(ValidationError, match="one coupon campaign"):
        document(rule("discount", percent_off=20, conditions=two))


def test_a_campaign_ends_after_it_starts() -> None:
    with pytest.raises(ValidationError, match="before starts_on"):
        Campaign.model_validate({"name": NAME, "starts_on": "2036-03-02", "ends_on": "2036-03-01"})


@pytest.mark.parametrize(
    ("language", "said"),
    [(Language.ENGLISH, "Coupon \u2068EID\u2069: used"), (Language.ARABIC, "الكوبون \u2068EID\u2069: استُخدم")],
)
def test_a_use_is_said(language: Language, said: str) -> None:
    assert effect_text(USED, program(OFF), language) == said


@pytest.mark.parametrize(
    ("case", "written", "typed", "same"),
    [
        ("ignored", "HELLO-25", "hello25", True),
        ("ignored", "HELLO-25", "HE110 ٢٥", True),
        ("exact", "Hello-25", " Hello-٢٥ ", True),
        ("exact", "Hello-25", "HELLO-25", False),
    ],
)
def test_codes_are_read_as_the_page_says(case: Any, written: str, typed: str, same: bool) -> None:
    assert (plain(typed, case) == plain(written, case)) is same
    assert ((case, plain(written, case)) in [tuple(reading) for reading in readings([typed])]) is same


@given(st.text(max_size=64), st.sampled_from(["ignored", "exact"]))
def test_a_plain_code_stays_what_it_is(typed: str, case: Any) -> None:
    assert plain(plain(typed, case), case) == plain(typed, case)


@given(st.permutations([coupon("A"), coupon("B"), coupon("C", barred="used_up"), coupon("D", campaign="cpn_2")]))
def test_the_order_of_codes_does_not_matter(shown: list[CouponFacts]) -> None:
    def outcome(coupons: list[CouponFacts]) -> tuple[object, set[object]]:
        evaluation = decided(*coupons, bought=basket(line(), codes=["A", "B", "C", "D"]))
        return evaluation.effects, set(evaluation.misses)

    assert outcome(shown) == outcome(sorted(shown, key=lambda each: each.code))
