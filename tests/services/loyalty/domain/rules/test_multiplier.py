"""More of what other rules gave, and the hours in which they give it."""

import pytest
from pydantic import ValidationError

from services.loyalty.domain.effects import Accrue
from services.loyalty.domain.evaluate import Evaluation, evaluate
from services.loyalty.domain.program import compile_program
from tests.services.loyalty.domain.build import basket, customer, document, evaluated, line, missed, program, rule
from tests.services.loyalty.domain.pages import page_document

EARN = rule("earn", per=100)


def given(evaluation: Evaluation) -> dict[str, int]:
    return {effect.rule: effect.amount for effect in evaluation.effects if isinstance(effect, Accrue)}


@pytest.mark.parametrize(
    ("moment", "segments", "points"),
    [
        ("2026-02-18T19:59", set(), {"points": 15}),
        ("2026-02-18T20:00", set(), {"points": 15, "ramadan": 15}),
        ("2026-02-19T01:59", {"vip"}, {"points": 15, "ramadan": 15, "vip": 7}),
        ("2026-02-19T02:00", {"vip"}, {"points": 15, "vip": 7}),
        ("2026-03-20T21:00", set(), {"points": 15}),
    ],
)
def test_the_examples_of_the_page(moment: str, segments: set[str], points: dict[str, int]) -> None:
    bought = basket(line(price=1500), occurred_at=f"{moment}:00+03:00")
    compiled = compile_program(page_document("multiplier"))
    who = customer(segments=frozenset(segments))
    assert given(evaluate(compiled, bought, who, bought.occurred_at)) == points


@pytest.mark.parametrize(
    ("at", "happy"),
    [
        ("2026-03-28T15:00Z", True),  # 16:00 in winter
        ("2026-03-29T14:00Z", True),  # 16:00 in summer
        ("2026-03-29T13:59Z", False),
        ("2026-10-24T14:00Z", True),
        ("2026-10-25T14:59Z", False),
        ("2026-10-25T15:00Z", True),
    ],
)
def test_happy_hours_are_by_the_shops_clock_when_it_changes(at: str, happy: bool) -> None:
    hours = {"kind": "on_weekdays", "from_time": "16:00", "until_time": "18:00"}
    compiled = program(EARN, rule("multiplier", of=["earn"], conditions=[hours]), time_zone="Europe/Berlin")
    bought = basket(occurred_at=at)
    assert ("multiplier" in given(evaluate(compiled, bought, customer(), bought.occurred_at))) is happy


def test_multipliers_add_up() -> None:
    double = rule("multiplier", id="double", of=["earn"])
    assert given(evaluated([EARN, double, double | {"id": "again"}])) == {"earn": 10, "double": 10, "again": 10}


def test_only_what_is_named_is_multiplied_each_unit_by_itself() -> None:
    cashback = rule("earn", id="cashback", points=5, per=100, unit="SAR")
    other = rule("earn", id="other", per=100)
    double = rule("multiplier", of=["earn", "cashback"], percent_more=50)
    evaluation = evaluated([EARN, cashback, other, double], further_units=[{"unit": "SAR"}])
    of_double = [effect for effect in evaluation.effects if isinstance(effect, Accrue) and effect.rule == "multiplier"]
    assert [(effect.unit, effect.amount) for effect in of_double] == [("points", 5), ("SAR", 25)]


@pytest.mark.parametrize(("rounding", "more"), [("down", 1), ("half_up", 2), ("half_even", 2), ("up", 2)])
def test_a_fraction(rounding: str, more: int) -> None:
    rules = [EARN, rule("multiplier", of=["earn"], percent_more=50, rounding=rounding)]
    assert given(evaluated(rules, basket(line(price=300))))["multiplier"] == more


def test_what_a_limit_took_away_is_not_multiplied() -> None:
    part = {"at_most": 4, "of": "units", "per": "sale", "when_passed": "give_what_is_left"}
    assert given(evaluated([EARN | {"limits": [part]}, rule("multiplier", of=["earn"])])) == {
        "earn": 4,
        "multiplier": 4,
    }


def test_nothing_to_multiply() -> None:
    rules = [EARN, rule("multiplier", of=["earn"])]
    assert missed(evaluated(rules, basket(line(price=50))))[-1] == ("multiplier", "multiplier", 0, "none")


def test_only_earn_rules_are_multiplied() -> None:
    with pytest.raises(ValidationError, match="no earn rule"):
        document(EARN, rule("multiplier", of=["nothing"]))
