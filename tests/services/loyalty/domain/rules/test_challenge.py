"""An award for a goal reached in time, and in several periods in a row."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from kernel.language import Language
from services.loyalty.domain.effects import Accrue, Achieve, Advance, IssueVoucher
from services.loyalty.domain.evaluate import Evaluation, evaluate
from services.loyalty.domain.program import CompiledProgram, compile_program
from services.loyalty.domain.tally import Memory
from services.loyalty.domain.wording import effect_text, miss_text
from tests.services.loyalty.domain.build import NOON, basket, customer, document, evaluated, line, missed, rule
from tests.services.loyalty.domain.pages import page_document

VISITS = {"kind": "visits", "at_least": 2}


def challenge(goal: dict[str, Any] = VISITS, **more: Any) -> dict[str, Any]:
    return rule("challenge", goal=goal, **{"award": {"points": 50}, **more})


class Customer:
    """Somebody who buys, one sale after the other."""

    def __init__(self, program: CompiledProgram) -> None:
        self.program = program
        self.memory = Memory(program.tallies, program.terms.zone)

    def buys(self, *lines: dict[str, Any], at: datetime = NOON, **more: Any) -> Evaluation:
        used = self.memory.used(at)
        evaluation = evaluate(self.program, basket(*lines, **more), customer(), at, used)
        self.memory.count(evaluation.effects, at)
        return evaluation


def who(*rules: dict[str, Any], **terms: Any) -> Customer:
    return Customer(compile_program(document(*rules, **terms)))


def points(evaluation: Evaluation) -> int:
    return sum(effect.amount for effect in evaluation.effects if isinstance(effect, Accrue))


def riyadh(day: int, hour: int, minute: int = 0, month: int = 11) -> datetime:
    return datetime(2026, month, day, hour, minute, tzinfo=UTC) - timedelta(hours=3)


FLOWN = rule("earn", id="flown", per=100)
DOUBLE = rule("multiplier", id="double", of=["flown"], conditions=[{"kind": "on_weekdays", "days": ["fri"]}])


def traveller(**goal: Any) -> dict[str, Any]:
    wanted = {"kind": "earned", "of": ["flown", "double"], "at_least": 10_000, **goal}
    return challenge(wanted, id="traveller", per="ever")


def test_miles_reached_as_the_page_says() -> None:
    omar = who(FLOWN, DOUBLE, traveller(), unit="miles")
    thursday, friday = riyadh(19, 12), riyadh(20, 12)
    first = omar.buys(line("TICKET", 1, 400_000), at=thursday)
    assert [miss_text(miss, omar.program, Language.ENGLISH) for miss in first.misses if miss.rule == "traveller"] == [
        "Rule: 6000 miles to go"
    ]
    assert "6000 ميل" in [miss_text(miss, omar.program, Language.ARABIC) for miss in first.misses][-1]
    second = omar.buys(line("TICKET", 1, 300_000), at=friday)
    advanced = next(effect for effect in second.effects if isinstance(effect, Advance))
    assert effect_text(advanced, omar.program, Language.ENGLISH) == "Rule: 10000 miles, the goal is 10000 miles"
    assert [effect.rule for effect in second.effects if isinstance(effect, Achieve)] == ["traveller"]
    third = omar.buys(line("TICKET", 1, 300_000), at=friday)
    assert not [effect for effect in third.effects if isinstance(effect, Achieve)]


def test_prizes_of_challenges_are_not_earned_by_the_rules_listed() -> None:
    other = challenge({"kind": "visits", "at_least": 1}, id="other", per="ever")
    omar = who(FLOWN, other, traveller(of=["flown"], at_least=100))
    found = omar.buys(line("TICKET", 1, 6_000))
    assert [(miss.rule, miss.short_by, miss.wallet) for miss in found.misses] == [("traveller", 40, "points")]


@pytest.mark.parametrize(
    ("goal", "says"),
    [({"of": ["other"]}, "counts what no rule"), ({"wallet": "stars"}, "none of the program's units")],
)
def test_it_counts_what_the_program_earns(goal: dict[str, Any], says: str) -> None:
    with pytest.raises(ValidationError, match=says):
        who(FLOWN, DOUBLE, traveller(**goal))


def test_the_examples_of_the_page() -> None:
    ana = Customer(compile_program(page_document("challenge")))
    found = []
    for at, sku in (
        (riyadh(16, 12), "LATTE"),
        (riyadh(17, 12), "LATTE"),
        (riyadh(22, 23, 30), "MOCHA"),
        (riyadh(23, 0, 30), "TEA"),
        (riyadh(30, 12), "JUICE"),
    ):
        bought = ana.buys(line(sku), at=at)
        vouchers = [effect.reward.name.en for effect in bought.effects if isinstance(effect, IssueVoucher)]
        misses = [miss_text(miss, ana.program, Language.ENGLISH) for miss in bought.misses]
        found.append((points(bought), vouchers, misses))
    a_row = "Regular: 2 weeks in a row to go"
    assert found == [
        (0, [], ["Three a week: 2 visits to go this week", a_row, "Taster: 2 different kinds to go"]),
        (0, [], ["Three a week: 1 visit to go this week", a_row, "Taster: 2 different kinds to go"]),
        (50, [], [a_row, "Taster: 1 different kind to go"]),
        (20, [], ["Three a week: 2 visits to go this week", "Regular: 1 week in a row to go"]),
        (0, ["A coffee"], ["Three a week: 2 visits to go this week", "Taster: reached before"]),
    ]


def test_in_arabic() -> None:
    ana = Customer(compile_program(page_document("challenge")))
    bought = ana.buys(line("LATTE"), at=riyadh(16, 12))
    assert [miss_text(miss, ana.program, Language.ARABIC) for miss in bought.misses] == [
        "ثلاث في الأسبوع: المتبقي هذا الأسبوع: زيارتان",
        "الزائر الدائم: المتبقي على التوالي: أسبوعان",
        "الذوّاق: المتبقي: صنفان مختلفان",
    ]
    assert [effect_text(effect, ana.program, Language.ARABIC) for effect in bought.effects] == [
        "ثلاث في الأسبوع: زيارة واحدة، والهدف 3 زيارات",
        "الزائر الدائم: 10.00 ر.س، والهدف 10.00 ر.س",
        "الذوّاق: صنف واحد، والهدف 3 أصناف مختلفة",
    ]
    ana.buys(line("LATTE"), at=riyadh(16, 13))
    third = ana.buys(line("LATTE"), at=riyadh(16, 14))
    (achieved,) = [effect for effect in third.effects if isinstance(effect, Achieve)]
    assert effect_text(achieved, ana.program, Language.ARABIC) == "ثلاث في الأسبوع: تحقق الهدف"
    assert effect_text(achieved, ana.program, Language.ENGLISH) == "Three a week: the goal is reached"


@pytest.mark.parametrize(
    ("per", "last", "first"),
    [
        ("day", riyadh(22, 23, 59), riyadh(23, 0)),
        ("week", riyadh(22, 23, 59), riyadh(23, 0)),
        ("month", riyadh(30, 23, 59), riyadh(1, 0, month=12)),
        ("quarter", riyadh(30, 23, 59, month=9), riyadh(1, 0, month=10)),
        ("year", riyadh(31, 23, 59, month=12), riyadh(31, 23, 59, month=12) + timedelta(minutes=1)),
    ],
)
def test_a_period_ends_at_midnight_in_the_shop(per: str, last: datetime, first: datetime) -> None:
    across = who(challenge(per=per))
    assert [points(across.buys(at=at)) for at in (last, first)] == [0, 0]
    within = who(challenge(per=per))
    assert [points(within.buys(at=at)) for at in (last - timedelta(hours=1), last)] == [0, 50]


def test_each_period_gives_once_and_the_next_one_again() -> None:
    ana = who(challenge(per="day"))
    given_ = [points(ana.buys(at=NOON + timedelta(days=day))) for day in (0, 0, 0, 0, 1, 1)]
    assert given_ == [0, 50, 0, 0, 0, 50]
    assert missed(ana.buys(at=NOON + timedelta(days=1))) == [("challenge", "challenge", 0, "none")]


@pytest.mark.parametrize("once", [{"per": "ever"}, {"per": "day", "once": True}])
def test_once_is_once(once: dict[str, Any]) -> None:
    ana = who(challenge(**once))
    given_ = [points(ana.buys(at=NOON + timedelta(days=day))) for day in (0, 0, 1, 1, 2, 2)]
    assert given_ == [0, 50, 0, 0, 0, 0]


def test_a_missed_period_begins_the_row_anew_and_a_longer_row_gives_again() -> None:
    ana = who(challenge({"kind": "visits", "at_least": 1}, per="day", in_a_row=3))
    given_ = [points(ana.buys(at=NOON + timedelta(days=day))) for day in (0, 1, 3, 4, 4, 5, 6, 8)]
    assert given_ == [0, 0, 0, 0, 0, 50, 50, 0]


def test_a_sale_that_comes_late_fills_the_row_for_the_next() -> None:
    ana = who(challenge({"kind": "visits", "at_least": 1}, per="day", in_a_row=2))
    assert points(ana.buys(at=NOON + timedelta(days=1))) == 0
    assert points(ana.buys(at=NOON)) == 0
    assert points(ana.buys(at=NOON + timedelta(days=1, hours=1))) == 50


def test_money_units_and_visits_are_of_what_is_paid_and_selected() -> None:
    drinks = {"categories": ["drinks"]}
    cart = (line("TEA", 2, 500, categories=["drinks"]), line("BREAD", 3, 100))
    spend = evaluated([challenge({"kind": "spend", "at_least": 1500, "selector": drinks})], basket(*cart))
    assert missed(spend) == [("challenge", "goal_month", 500, "money")]
    units = evaluated([challenge({"kind": "units", "at_least": 3, "selector": drinks})], basket(*cart))
    assert missed(units) == [("challenge", "goal_month", 1, "units")]
    free = rule("discount", percent_off=100)
    paid = evaluated([free, challenge({"kind": "units", "at_least": 3})], basket(*cart))
    assert missed(paid) == [("challenge", "goal_month", 3, "units")]
    assert [effect for effect in paid.effects if isinstance(effect, Advance)] == []


def test_what_was_paid_with_points_does_not_count() -> None:
    spend = challenge({"kind": "spend", "at_least": 1000})
    bought = basket(tenders=[{"kind": "points", "amount": 400}, {"kind": "cash", "amount": 600}])
    found = evaluated([spend], bought, pay_with_points={"worth": 1})
    assert missed(found) == [("challenge", "goal_month", 400, "money")]


def test_only_sales_for_which_the_conditions_hold_count() -> None:
    ana = who(challenge(conditions=[{"kind": "spend_at_least", "amount": 2000}]))
    assert [points(ana.buys(line(price=price))) for price in (2000, 1000, 1000, 2000)] == [0, 0, 0, 50]


def test_a_walk_in_has_no_challenge() -> None:
    compiled = compile_program(document(challenge()))
    assert missed(evaluate(compiled, basket(), None, NOON)) == [("challenge", "customer", 0, "none")]


LINES = [line("A", 2, 300), line("B", 1, 700), line("C", 3, 100), line("A", 1, 250)]


@given(st.permutations(LINES))
def test_the_order_of_the_lines_does_not_matter(lines: list[dict[str, Any]]) -> None:
    goals = [
        challenge({"kind": "different", "at_least": 2, "skus": ["A", "C"]}, id="kinds"),
        challenge({"kind": "spend", "at_least": 1850}, id="money"),
    ]
    ordered, other = (evaluated(goals, basket(*each)) for each in (LINES, lines))
    assert other.effects == ordered.effects
    assert sum(isinstance(effect, Achieve) for effect in other.effects) == 2


@pytest.mark.parametrize(
    "wrong",
    [
        {"limits": [{"at_most": 1}]},
        {"cool_down": {"days": 1}},
        {"group": "g"},
        {"per": "ever", "in_a_row": 2},
        {"in_a_row": 0},
        {"goal": {"kind": "visits", "at_least": 0}},
        {"goal": {"kind": "different", "at_least": 2}},
        {"goal": {"kind": "different", "at_least": 2, "skus": ["A"]}},
        {"goal": {"kind": "different", "at_least": 2, "skus": ["A", "A"]}},
        {"goal": {"kind": "different", "at_least": 2, "skus": ["A", "B"], "categories": ["c"]}},
        {"award": {}},
        {"award": {"points": 1, "unit": "miles"}},
    ],
)
def test_a_challenge_that_says_nothing_sensible_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        document(challenge(**wrong))
