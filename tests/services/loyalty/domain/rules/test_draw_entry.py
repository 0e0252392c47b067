from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from pydantic import ValidationError

from kernel.language import Language
from services.loyalty.domain.customer import CustomerFacts, DrawFacts
from services.loyalty.domain.evaluate import evaluate
from services.loyalty.domain.wording import effect_text, miss_text
from tests.services.loyalty.domain.build import basket, customer, document, evaluated, line, missed, only, program, rule

OPEN = DrawFacts(id="drw_1", opens_at=datetime(2026, 11, 1, tzinfo=UTC), closes_at=datetime(2026, 12, 1, tzinfo=UTC))


def entry(**more: Any) -> dict[str, Any]:
    return rule("draw_entry", **{"draw": "summer", **more})


def taking_part(**more: Any) -> CustomerFacts:
    """A customer while the draw is open, unless said otherwise."""
    return customer(draws={"summer": replace(OPEN, **more)})


@pytest.mark.parametrize(
    ("fields", "lines", "entries"),
    [
        pytest.param({}, [line("A", 3)], 1, id="a visit"),
        pytest.param({"entries": 5}, [line("A", 3)], 5, id="a visit, several"),
        pytest.param({"for_each": "unit"}, [line("A", 3), line("B", 2)], 5, id="each article"),
        pytest.param({"for_each": "unit", "per": 2}, [line("A", 5)], 2, id="each two articles"),
        pytest.param({"for_each": "money", "per": 5000}, [line("A", 1, 14_999)], 2, id="money, rounded down"),
        pytest.param({"for_each": "money", "per": 5000, "entries": 3}, [line("A", 1, 14_999)], 6, id="money, three"),
        pytest.param({"for_each": "unit", "selector": {"skus": ["B"]}}, [line("A", 3), line("B", 2)], 2, id="some"),
        pytest.param({"for_each": "unit", "entries": 1000}, [line("A", 50)], 10_000, id="the most of a sale"),
    ],
)
def test_entries(fields: dict[str, Any], lines: list[dict[str, Any]], entries: int) -> None:
    effect = only(evaluated([entry(**fields)], basket(*lines), taking_part()))
    assert (effect.kind, effect.draw, effect.draw_id, effect.entries) == ("enter_draw", "summer", "drw_1", entries)
    assert effect.capped_from is None


def test_only_what_is_paid_counts() -> None:
    half = rule("discount", percent_off=50)
    effects = evaluated([half, entry(for_each="money", per=1000)], basket(line("A", 1, 4000)), taking_part()).effects
    assert effects[1].entries == 2  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("fields", "bought", "who", "miss"),
    [
        pytest.param({}, [line("A")], customer(), ("draw_unknown", 0, "none"), id="no such draw"),
        pytest.param({}, [line("A")], taking_part(closed=True), ("draw_closed", 0, "none"), id="closed since"),
        pytest.param({}, [line("A")], taking_part(left=0), ("draw_entries", 0, "none"), id="all there may be"),
        pytest.param(
            {"selector": {"skus": ["B"]}}, [line("A")], taking_part(), ("draw_entry", 1, "units"), id="no such article"
        ),
        pytest.param(
            {"for_each": "money", "per": 5000},
            [line("A", 1, 4000)],
            taking_part(),
            ("draw_entry", 1000, "money"),
            id="too little money",
        ),
        pytest.param(
            {"for_each": "unit", "per": 3}, [line("A", 1)], taking_part(), ("draw_entry", 2, "units"), id="too few"
        ),
    ],
)
def test_misses(fields: dict[str, Any], bought: list[dict[str, Any]], who: CustomerFacts, miss: Any) -> None:
    assert missed(evaluated([entry(**fields)], basket(*bought), who)) == [("draw_entry", *miss)]


@pytest.mark.parametrize(
    ("moment", "condition"),
    [
        (OPEN.opens_at - timedelta(seconds=1), "draw_opens"),
        (OPEN.opens_at, None),
        (OPEN.closes_at - timedelta(seconds=1), None),
        (OPEN.closes_at, "draw_closed"),
    ],
)
def test_only_while_it_is_open(moment: datetime, condition: str | None) -> None:
    evaluation = evaluate(program(entry()), basket(line("A")), taking_part(), moment)
    assert [miss.condition for miss in evaluation.misses] == ([condition] if condition else [])
    assert len(evaluation.effects) == (condition is None)
    if condition == "draw_opens":
        assert evaluation.misses[0].again_at == OPEN.opens_at


def test_nobody_is_entered_for_a_walk_in() -> None:
    bought = basket(line("A"))
    assert missed(evaluate(program(entry()), bought, None, bought.occurred_at)) == [
        ("draw_entry", "customer", 0, "none")
    ]


def test_several_rules_share_what_is_left() -> None:
    rules = [entry(entries=4), {**entry(entries=4), "id": "more"}, {**entry(), "id": "last"}]
    evaluation = evaluated(rules, basket(line("A")), taking_part(left=6))
    assert [(effect.entries, effect.capped_from) for effect in evaluation.effects] == [(4, None), (2, 4)]  # type: ignore[union-attr]
    assert missed(evaluation) == [("last", "draw_entries", 0, "none")]


def test_conditions_and_limits_hold() -> None:
    dear = entry(conditions=[{"kind": "spend_at_least", "amount": 5000}])
    assert missed(evaluated([dear], basket(line("A", 1, 4000)), taking_part())) == [
        ("draw_entry", "spend_at_least", 1000, "money")
    ]
    limited = entry(entries=3, limits=[{"at_most": 2, "of": "units", "per": "sale"}])
    assert missed(evaluated([limited], basket(line("A")), taking_part())) == [
        ("draw_entry", "limit_passed", 1, "units")
    ]


@pytest.mark.parametrize(
    ("entries", "english", "arabic"),
    [
        (1, "Rule: 1 entry in the draw", "قاعدة: مشاركة واحدة في السحب"),
        (2, "Rule: 2 entries in the draw", "قاعدة: مشاركتان في السحب"),
        (3, "Rule: 3 entries in the draw", "قاعدة: 3 مشاركات في السحب"),
        (11, "Rule: 11 entries in the draw", "قاعدة: 11 مشاركة في السحب"),
    ],
)
def test_what_it_says(entries: int, english: str, arabic: str) -> None:
    made = program(entry(entries=entries))
    effect = only(evaluated([entry(entries=entries)], basket(line("A")), taking_part()))
    assert effect_text(effect, made, Language.ENGLISH) == english
    assert effect_text(effect, made, Language.ARABIC) == arabic


@pytest.mark.parametrize("who", [customer(), taking_part(closed=True), taking_part(left=0)])
def test_what_a_miss_says(who: CustomerFacts) -> None:
    (miss,) = evaluated([entry()], basket(line("A")), who).misses
    english, arabic = [miss_text(miss, program(entry()), language) for language in (Language.ENGLISH, Language.ARABIC)]
    assert english.startswith("Rule: ")
    assert arabic.startswith("قاعدة: ")


def test_what_is_left_is_said() -> None:
    effect = only(evaluated([entry(entries=4)], basket(line("A")), taking_part(left=2)))
    said = effect_text(effect, program(entry()), Language.ENGLISH)
    assert said == "Rule: 2 entries in the draw, all that it leaves you"


@pytest.mark.parametrize(
    "fields",
    [{"draw": "Summer!"}, {"for_each": "money"}, {"per": 5}, {"entries": 0}, {"for_each": "unit", "per": 0}],
)
def test_refuses(fields: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        document(entry(**fields))


def test_a_program_names_its_draws() -> None:
    assert program(entry(), {**entry(draw="winter"), "id": "more"}).draws == {"summer", "winter"}
    assert program(rule("earn", per=100)).draws == frozenset()
