"""Which rules of a group go together."""

from itertools import product
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from kernel.language import Language
from services.loyalty.domain.basket import Basket
from services.loyalty.domain.customer import CustomerFacts
from services.loyalty.domain.effects import Accrue
from services.loyalty.domain.evaluate import Evaluation, evaluate
from services.loyalty.domain.program import compile_program
from services.loyalty.domain.wording import miss_text
from tests.services.loyalty.domain.any_sale import baskets, customers, families
from tests.services.loyalty.domain.build import NOON, basket, customer, document, evaluated, line, program, rule
from tests.services.loyalty.domain.pages import page_document

TEN = rule("discount", id="ten", percent_off=10, group="g", priority=1)
FIFTEEN = rule("discount", id="fifteen", percent_off=15, group="g", priority=2)
TWENTY_FOR_TWO = rule(
    "discount",
    id="twenty",
    percent_off=20,
    group="g",
    priority=3,
    conditions=[{"kind": "quantity_at_least", "quantity": 2}],
)
POINTS = rule("earn", id="points", per=100)


def applied(evaluation: Evaluation) -> list[str]:
    return [effect.rule for effect in evaluation.effects if hasattr(effect, "rule")]


def shut_out(evaluation: Evaluation) -> dict[str | None, str | None]:
    return {miss.rule: miss.instead for miss in evaluation.misses if miss.condition == "group"}


@pytest.mark.parametrize(
    ("bought", "rules", "due", "points"),
    [
        pytest.param([line("COFFEE", 2)], ["ten-off"], 1800, 18, id="a percentage"),
        pytest.param([line("COFFEE", 3)], ["third-free"], 2000, 20, id="a free unit"),
        pytest.param([line("COFFEE", 3), line("CAKE", 1, 10000)], ["ten-off"], 11700, 117, id="a dear cake beside"),
        pytest.param([line("COFFEE", 3)], ["clearance"], 2850, 28, id="exclusive though worse"),
    ],
)
def test_the_examples_of_the_page(bought: list[dict[str, Any]], rules: list[str], due: int, points: int) -> None:
    codes = ["CLEAR"] if "clearance" in rules else []
    evaluation = evaluate(compile_program(page_document("stacking")), basket(*bought, codes=codes), customer(), NOON)
    assert applied(evaluation) == [*rules, "points"]
    assert evaluation.totals.due == due
    assert [effect.amount for effect in evaluation.effects if isinstance(effect, Accrue)] == [points]


def test_rules_add_up_unless_told_otherwise() -> None:
    for groups in ([], [{"id": "g"}], [{"id": "g", "mode": "stackable"}]):
        assert evaluated([TEN, FIFTEEN], groups=groups).totals.due == 765


def test_the_first_by_priority_that_can() -> None:
    first = [{"id": "g", "mode": "first"}]
    assert applied(evaluated([FIFTEEN, TEN], groups=first)) == ["ten"]
    two = basket(line(quantity=2))
    evaluation = evaluated([TWENTY_FOR_TWO | {"priority": 0}, FIFTEEN, TEN], two, groups=first)
    assert applied(evaluation) == ["twenty"]
    assert shut_out(evaluation) == {"ten": "twenty", "fifteen": "twenty"}


def test_the_first_by_priority_whatever_its_family() -> None:
    """Percentages are taken after whole units are given away; the group's order is its own."""
    rules = [rule("buy_x_get_y", group="g", priority=2), TEN]
    evaluation = evaluated(rules, basket(line(quantity=3)), groups=[{"id": "g", "mode": "first"}])
    assert applied(evaluation) == ["ten"]


def test_a_rule_that_cannot_apply_says_its_own_reason() -> None:
    evaluation = evaluated([TEN, TWENTY_FOR_TWO], groups=[{"id": "g", "mode": "best"}])
    assert applied(evaluation) == ["ten"]
    assert [(miss.rule, miss.condition, miss.short_by) for miss in evaluation.misses] == [
        ("twenty", "quantity_at_least", 1)
    ]


def test_when_none_can_apply_each_says_its_own_reason() -> None:
    rules = [rule("buy_x_get_y", group="g"), TWENTY_FOR_TWO]
    for mode in ("first", "best"):
        evaluation = evaluated(rules, groups=[{"id": "g", "mode": mode}])
        assert [(miss.rule, miss.condition, miss.short_by) for miss in evaluation.misses] == [
            ("buy_x_get_y", "buy_x_get_y", 2),
            ("twenty", "quantity_at_least", 1),
        ]


def test_the_best_may_be_that_none_of_the_group_applies() -> None:
    """What the group would hand over on top uses up the units that another rule makes free."""
    hand_over = rule("buy_x_get_y", id="gift", counting="on_top", group="g", priority=1)
    rules = [hand_over, rule("buy_x_get_y", id="free", priority=2)]
    three = basket(line(quantity=3))
    assert applied(evaluated(rules, three)) == ["gift"]
    evaluation = evaluated(rules, three, groups=[{"id": "g", "mode": "best"}])
    assert (applied(evaluation), shut_out(evaluation)) == (["free"], {"gift": None})


def test_an_exclusive_rule_shuts_out_the_others_whatever_their_priority() -> None:
    alone = rule("discount", id="alone", percent_off=1, group="g", priority=1000, exclusive=True)
    for mode in ("stackable", "first", "best"):
        evaluation = evaluated([TEN, FIFTEEN, alone, POINTS], groups=[{"id": "g", "mode": mode}])
        assert applied(evaluation) == ["alone", "points"]
        assert shut_out(evaluation) == {"ten": "alone", "fifteen": "alone"}


def test_an_exclusive_rule_that_does_not_apply_shuts_nobody_out() -> None:
    alone = rule("discount", id="alone", percent_off=1, group="g", exclusive=True, ends_on="2020-01-01")
    assert applied(evaluated([TEN, FIFTEEN, alone])) == ["ten", "fifteen"]


def test_no_points_together_with_an_exclusive_discount() -> None:
    clearance = rule("discount", percent_off=50, group="clearance", exclusive=True)
    evaluation = evaluated([POINTS | {"group": "clearance"}, clearance])
    assert applied(evaluation) == ["discount"]
    assert shut_out(evaluation) == {"points": "discount"}


def test_an_exclusive_rule_that_earns_shuts_out_a_discount_that_comes_before_it() -> None:
    evaluation = evaluated([POINTS | {"group": "g", "exclusive": True}, TEN])
    assert (applied(evaluation), evaluation.totals.due) == (["points"], 1000)


def test_groups_do_not_touch_each_other() -> None:
    groups = [{"id": "g", "mode": "best"}, {"id": "h", "mode": "first"}]
    others = [rule("earn", id="one", per=100, group="h"), rule("earn", id="two", per=10, group="h")]
    assert applied(evaluated([TEN, FIFTEEN, *others], groups=groups)) == ["fifteen", "one"]


def test_rules_that_depend_on_each_other_in_a_circle_leave_an_answer() -> None:
    """Points shut out the half, without which all is taken off, after which nothing is left to earn on."""
    costs = {"kind": "spend_at_least", "amount": 2000}
    rules = [
        rule("discount", id="half", percent_off=50, group="g"),
        rule("discount", id="all", percent_off=100, priority=200, conditions=[costs]),
        rule("earn", id="points", per=100, group="g", exclusive=True),
    ]
    evaluation = evaluated(rules, basket(line(price=3000)))
    assert applied(evaluation) == ["half"]
    assert shut_out(evaluation) == {"points": None}


def test_the_miss_names_the_rule_that_came_first() -> None:
    names = {"ten": {"en": "Ten off", "ar": "خصم عشرة"}, "fifteen": {"en": "Fifteen off", "ar": "خصم خمسة عشر"}}
    rules = [each | {"name": names[each["id"]]} for each in (TEN, FIFTEEN)]
    compiled = program(*rules, groups=[{"id": "g", "mode": "best"}])
    (miss,) = evaluate(compiled, basket(), customer(), NOON).misses
    assert miss_text(miss, compiled, Language.ENGLISH) == "Ten off: not together with \u2068Fifteen off\u2069"
    assert miss_text(miss, compiled, Language.ARABIC) == "خصم عشرة: لا يجتمع مع \u2068خصم خمسة عشر\u2069"


def test_an_exclusive_rule_needs_a_group() -> None:
    with pytest.raises(ValidationError, match="needs a group"):
        document(rule("discount", percent_off=10, exclusive=True))


def test_a_rule_that_is_shut_out_is_not_compared_with_other_percentages() -> None:
    alone = rule("discount", id="alone", amount_off=10, group="g", exclusive=True)
    other = rule("discount", id="other", percent_off=5)
    evaluation = evaluated([FIFTEEN, alone, other], several_percentages="best_only")
    assert applied(evaluation) == ["other", "alone"]
    assert shut_out(evaluation) == {"fifteen": "alone"}


def test_too_many_ways_to_choose() -> None:
    rules = [rule("discount", id=f"d{n}", percent_off=n + 1, group=f"g{n % 3}") for n in range(15)]
    groups = [{"id": f"g{n}", "mode": "best"} for n in range(3)]
    assert document(*rules[:12], groups=groups)
    with pytest.raises(ValidationError, match="256 ways"):
        document(*rules, groups=groups)


def test_two_groups_of_the_same_name() -> None:
    with pytest.raises(ValidationError, match="two groups"):
        document(groups=[{"id": "g"}, {"id": "g", "mode": "best"}])


@st.composite
def grouped(draw: st.DrawFn) -> list[dict[str, Any]]:
    drawn = draw(st.lists(families, min_size=2, max_size=5))
    rules = [
        rule(kind, **each | {"id": f"r{number}", "group": draw(st.sampled_from(["g", "h", None]))})
        for number, (kind, each) in enumerate(drawn)
    ]
    for each in rules:
        if each["kind"] == "stamp_card":
            each["card"] = f"card-{each['id']}"
    return rules


def outcome(evaluation: Evaluation) -> tuple[int, int]:
    earned = sum(effect.amount for effect in evaluation.effects if isinstance(effect, Accrue))
    return evaluation.totals.due, -earned


@settings(deadline=None, max_examples=50)  # a busy machine is no failure
@given(grouped(), baskets(), customers())
def test_best_for_the_customer_is_what_trying_everything_finds(
    rules: list[dict[str, Any]], bought: Basket, who: CustomerFacts
) -> None:
    """Peers' pain 15: stacking depends on the order, or goes below zero."""
    groups = [{"id": name, "mode": "best"} for name in ("g", "h")]
    found = evaluate(program(*rules, groups=groups), bought, who, NOON)
    of_groups = [[each["id"] for each in rules if each["group"] == name] for name in ("g", "h")]
    free = [each for each in rules if each["group"] is None]
    tried = [
        evaluate(program(*[each for each in rules if each in free or each["id"] in chosen]), bought, who, NOON)
        for chosen in product(*[[None, *ids] for ids in of_groups])
    ]
    assert outcome(found) == min(map(outcome, tried))
    assert found.totals.due >= 0
    for ids in of_groups:
        assert len(set(applied(found)) & set(ids)) <= 1
