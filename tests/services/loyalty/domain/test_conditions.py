"""Each condition: when it holds, and how far off it is when it does not."""

from datetime import date, timedelta
from typing import Any

import pytest
from pydantic import ValidationError

from services.loyalty.domain.basket import Basket
from services.loyalty.domain.customer import CustomerFacts, PlanDays
from services.loyalty.domain.evaluate import evaluate
from tests.services.loyalty.domain.build import NOON, basket, customer, document, evaluated, line, missed, program, rule

DRINKS = {"categories": ["drinks"]}
HAS_PLAN = {"kind": "has_plan", "plans": ["gym", "gold"]}
TODAY = NOON.date()
YESTERDAY, TOMORROW = TODAY - timedelta(days=1), TODAY + timedelta(days=1)


def own(frozen_from: date, frozen_until: date | None) -> dict[str, Any]:
    """A membership of their own that lasts until tomorrow, and its freeze."""
    return {"memberships": {"gym": TOMORROW}, "freezes": {"gym": (frozen_from, frozen_until)}}


def earn_if(*conditions: dict[str, Any], **more: Any) -> dict[str, Any]:
    return rule("earn", per=1, conditions=conditions, **more)


def misses_of(condition: dict[str, Any], bought: Basket, who: CustomerFacts | None = None) -> list[tuple[int, str]]:
    evaluation = evaluated([earn_if(condition)], bought, who)
    assert bool(evaluation.effects) != bool(evaluation.misses)
    assert all(miss.condition == condition["kind"] for miss in evaluation.misses)
    return [(miss.short_by, miss.unit) for miss in evaluation.misses]


@pytest.mark.parametrize(
    ("condition", "short"),
    [
        pytest.param({"amount": 3000}, [], id="just enough"),
        pytest.param({"amount": 3001}, [(1, "money")], id="one too little"),
        pytest.param({"amount": 3500, "of": "subtotal"}, [], id="before discounts, enough"),
        pytest.param({"amount": 3501, "of": "subtotal"}, [(1, "money")], id="before discounts, one too little"),
        pytest.param({"amount": 2500, "selector": DRINKS}, [], id="of a category, enough"),
        pytest.param({"amount": 2750, "selector": DRINKS}, [(250, "money")], id="of a category, too little"),
        pytest.param({"amount": 500, "selector": {"skus": ["TEA"]}}, [(500, "money")], id="of what is not there"),
    ],
)
def test_spend_at_least(condition: dict[str, Any], short: list[tuple[int, str]]) -> None:
    bought = basket(line("COFFEE", 3, 1000, categories=["drinks"], discount=500), line("BREAD", 1, 500))
    assert misses_of({"kind": "spend_at_least", **condition}, bought) == short


@pytest.mark.parametrize(("of", "short"), [("what_is_left", [(100, "money")]), ("subtotal", [])])
def test_spend_at_least_after_an_earlier_discount(of: str, short: list[tuple[int, str]]) -> None:
    rules = [
        rule("discount", percent_off=10),
        earn_if({"kind": "spend_at_least", "amount": 1000, "of": of}),
    ]
    assert [(miss.short_by, miss.unit) for miss in evaluated(rules, basket(line(price=1000))).misses] == short


@pytest.mark.parametrize(
    ("condition", "short"),
    [
        pytest.param({"quantity": 4}, [], id="just enough"),
        pytest.param({"quantity": 5}, [(1, "units")], id="one too few"),
        pytest.param({"selector": DRINKS}, [], id="any drink"),
        pytest.param({"selector": {"skus": ["TEA"]}}, [(1, "units")], id="no tea"),
    ],
)
def test_quantity_at_least(condition: dict[str, Any], short: list[tuple[int, str]]) -> None:
    bought = basket(line("COFFEE", 3, categories=["drinks"]), line("BREAD", 1), line("LEAFLET", 9, price=0))
    assert misses_of({"kind": "quantity_at_least", **condition}, bought) == short


def test_a_free_unit_does_not_count() -> None:
    rules = [rule("buy_x_get_y"), earn_if({"kind": "quantity_at_least", "quantity": 3})]
    assert missed(evaluated(rules, basket(line(quantity=3)))) == [("earn", "quantity_at_least", 1, "units")]


FRIDAY_NIGHT = {"days": ["fri"], "from_time": "22:00", "until_time": "02:00"}
AFTERNOON = {"from_time": "16:00", "until_time": "18:00"}


@pytest.mark.parametrize(
    ("condition", "local", "holds"),
    [
        pytest.param({"days": ["sun"]}, "2026-11-22T00:00", True, id="first moment of the day"),
        pytest.param({"days": ["sun"]}, "2026-11-22T23:59:59.999999", True, id="last moment of the day"),
        pytest.param({"days": ["sun"]}, "2026-11-23T00:00", False, id="day after"),
        pytest.param({"days": ["sun"]}, "2026-11-21T23:59:59", False, id="day before"),
        pytest.param(AFTERNOON, "2026-11-22T15:59:59", False, id="before the hours"),
        pytest.param(AFTERNOON, "2026-11-22T16:00", True, id="the hours begin"),
        pytest.param(AFTERNOON, "2026-11-22T17:59:59", True, id="just before the end"),
        pytest.param(AFTERNOON, "2026-11-22T18:00", False, id="the end is outside"),
        pytest.param({"from_time": "16:00"}, "2026-11-22T23:59:59.999999", True, id="open end"),
        pytest.param({"until_time": "16:00"}, "2026-11-22T00:00", True, id="open beginning"),
        pytest.param(FRIDAY_NIGHT, "2026-11-20T21:59", False, id="friday, too early"),
        pytest.param(FRIDAY_NIGHT, "2026-11-20T22:00", True, id="friday night begins"),
        pytest.param(FRIDAY_NIGHT, "2026-11-21T01:59", True, id="friday night goes on after midnight"),
        pytest.param(FRIDAY_NIGHT, "2026-11-21T02:00", False, id="friday night ends"),
        pytest.param(FRIDAY_NIGHT, "2026-11-20T01:00", False, id="that was thursday night"),
        pytest.param(FRIDAY_NIGHT, "2026-11-21T22:00", False, id="saturday night"),
    ],
)
def test_on_weekdays_by_the_shops_clock(condition: dict[str, Any], local: str, holds: bool) -> None:
    bought = basket(occurred_at=f"{local}+03:00")
    assert misses_of({"kind": "on_weekdays", **condition}, bought) == ([] if holds else [(0, "none")])


@pytest.mark.parametrize(
    ("condition", "holds"),
    [
        pytest.param({"kind": "in_channel", "channels": ["app", "online"]}, True, id="channel"),
        pytest.param({"kind": "in_channel", "channels": ["store"]}, False, id="other channel"),
        pytest.param({"kind": "at_stores", "stores": ["riyadh-1", "jeddah-1"]}, True, id="store"),
        pytest.param({"kind": "at_stores", "stores": ["jeddah-1"]}, False, id="other store"),
        pytest.param({"kind": "has_code", "code": "Welcome"}, True, id="code in other letters"),
        pytest.param({"kind": "has_code", "code": "WELCOME1"}, False, id="other code"),
    ],
)
def test_where_and_how(condition: dict[str, Any], holds: bool) -> None:
    evaluation = evaluated([earn_if(condition)], basket(channel="app", codes=["WELCOME"]))
    assert [miss.condition for miss in evaluation.misses if miss.rule] == ([] if holds else [condition["kind"]])


def test_a_code_in_its_exact_letters() -> None:
    rules = [earn_if({"kind": "has_code", "code": "Welcome"})]
    assert not evaluated(rules, basket(codes=["WELCOME"]), code_case="exact").effects
    assert evaluated(rules, basket(codes=["Welcome"]), code_case="exact").effects


def test_a_miss_does_not_give_the_code_away() -> None:
    (miss,) = evaluated([earn_if({"kind": "has_code", "code": "SECRET"})]).misses
    assert miss.code is None


@pytest.mark.parametrize(("purchases", "short"), [(0, []), (1, [(0, "none")])])
def test_first_purchase(purchases: int, short: list[tuple[int, str]]) -> None:
    assert misses_of({"kind": "first_purchase"}, basket(), customer(purchases=purchases)) == short


@pytest.mark.parametrize(
    ("condition", "facts", "holds"),
    [
        pytest.param({"kind": "in_tier", "tiers": ["gold", "silver"]}, {"tier": "gold"}, True, id="tier"),
        pytest.param({"kind": "in_tier", "tiers": ["gold"]}, {"tier": "silver"}, False, id="other tier"),
        pytest.param({"kind": "in_tier", "tiers": ["gold"]}, {}, False, id="no tier"),
        pytest.param({"kind": "in_segment", "segments": ["vip", "staff"]}, {"segments": {"staff"}}, True, id="segment"),
        pytest.param({"kind": "in_segment", "segments": ["vip"]}, {"segments": {"staff"}}, False, id="other segment"),
        pytest.param({"kind": "in_segment", "segments": ["vip"]}, {}, False, id="no segment"),
        pytest.param(HAS_PLAN, {"memberships": {"gym": TODAY}}, True, id="plan, on its last day"),
        pytest.param(HAS_PLAN, {"memberships": {"gym": YESTERDAY}}, False, id="plan, the day after"),
        pytest.param(HAS_PLAN, {"memberships": {"swim": TODAY}}, False, id="other plan"),
        pytest.param(HAS_PLAN, {"shared": {"gold": PlanDays(ends_on=TODAY)}}, True, id="shared plan"),
        pytest.param(HAS_PLAN, {"shared": {"gold": PlanDays(ends_on=YESTERDAY)}}, False, id="shared plan that is over"),
        pytest.param(HAS_PLAN, own(TODAY, None), False, id="frozen since today"),
        pytest.param(HAS_PLAN, own(YESTERDAY, TODAY), True, id="frozen until yesterday"),
        pytest.param(HAS_PLAN, own(YESTERDAY, TOMORROW), False, id="frozen until today"),
        pytest.param(HAS_PLAN, own(TOMORROW, None), True, id="frozen from tomorrow"),
        pytest.param(
            HAS_PLAN, own(TODAY, None) | {"shared": {"gym": PlanDays(ends_on=TODAY)}}, True, id="own frozen, shared not"
        ),
    ],
)
def test_who(condition: dict[str, Any], facts: dict[str, Any], holds: bool) -> None:
    assert misses_of(condition, basket(), customer(**facts)) == ([] if holds else [(0, "none")])


@pytest.mark.parametrize(
    "condition",
    [
        {"kind": "first_purchase"},
        {"kind": "in_tier", "tiers": ["gold"]},
        {"kind": "in_segment", "segments": ["vip"]},
        {"kind": "in_share", "experiment": "half", "until_percent": 100},
        HAS_PLAN,
    ],
    ids=lambda condition: condition["kind"],
)
def test_nobody_is_none_of_these(condition: dict[str, Any]) -> None:
    first = rule("discount", percent_off=10, conditions=[condition])
    bought = basket()
    assert missed(evaluate(program(first), bought, None, bought.occurred_at)) == [
        ("discount", condition["kind"], 0, "none")
    ]


@pytest.mark.parametrize(
    ("local", "miss"),
    [
        pytest.param("2026-11-09T23:59:59", "starts_on", id="day before"),
        pytest.param("2026-11-10T00:00", None, id="first moment"),
        pytest.param("2026-11-20T23:59:59", None, id="last day, last second"),
        pytest.param("2026-11-21T00:00", "ends_on", id="day after"),
    ],
)
def test_dates_are_days_in_the_shop_and_both_are_inside(local: str, miss: str | None) -> None:
    dated = earn_if(starts_on="2026-11-10", ends_on="2026-11-20")
    evaluation = evaluated([dated], basket(occurred_at=f"{local}+03:00"))
    assert [found.condition for found in evaluation.misses] == ([miss] if miss else [])
    assert len(evaluation.effects) == (miss is None)


def test_every_condition_that_fails_is_named() -> None:
    rules = [earn_if({"kind": "spend_at_least", "amount": 1500}, {"kind": "at_stores", "stores": ["x"]})]
    assert missed(evaluated(rules)) == [("earn", "spend_at_least", 500, "money"), ("earn", "at_stores", 0, "none")]


@pytest.mark.parametrize(
    "condition",
    [
        pytest.param({"kind": "on_full_moon"}, id="unknown kind"),
        pytest.param({"kind": "spend_at_least", "amount": 0}, id="no amount"),
        pytest.param({"kind": "in_channel", "channels": []}, id="no channels"),
        pytest.param({"kind": "at_stores", "stores": []}, id="no stores"),
        pytest.param({"kind": "on_weekdays", "days": []}, id="no days"),
        pytest.param({"kind": "on_weekdays", "from_time": "16:00Z"}, id="hours with a zone"),
        pytest.param({"kind": "first_purchase", "of": "the day"}, id="unknown key"),
    ],
)
def test_refuses(condition: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        document(earn_if(condition))
