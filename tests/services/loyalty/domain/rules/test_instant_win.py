from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from pydantic import ValidationError

from kernel.language import Language
from services.loyalty.domain.customer import CustomerFacts, InstantWinFacts
from services.loyalty.domain.evaluate import evaluate
from services.loyalty.domain.wording import effect_text, miss_text
from tests.services.loyalty.domain.build import basket, customer, document, evaluated, line, missed, only, program, rule

OPEN = InstantWinFacts(
    id="iwn_1", opens_at=datetime(2026, 11, 1, tzinfo=UTC), closes_at=datetime(2026, 12, 1, tzinfo=UTC)
)


def plays(**more: Any) -> dict[str, Any]:
    return rule("instant_win", **{"instant_win": "spring", **more})


def taking_part(**more: Any) -> CustomerFacts:
    """A customer while the instant win is open, unless said otherwise."""
    return customer(instant_wins={"spring": replace(OPEN, **more)})


@pytest.mark.parametrize(
    ("fields", "lines", "given"),
    [
        pytest.param({}, [line("A", 3)], 1, id="a visit"),
        pytest.param({"plays": 5}, [line("A", 3)], 5, id="a visit, several"),
        pytest.param({"for_each": "unit"}, [line("A", 3), line("B", 2)], 5, id="each article"),
        pytest.param({"for_each": "unit", "per": 2}, [line("A", 5)], 2, id="each two articles"),
        pytest.param({"for_each": "money", "per": 5000}, [line("A", 1, 14_999)], 2, id="money, rounded down"),
        pytest.param({"for_each": "unit", "selector": {"skus": ["B"]}}, [line("A", 3), line("B", 2)], 2, id="some"),
        pytest.param({"for_each": "unit", "plays": 100}, [line("A", 5)], 100, id="the most of a sale"),
    ],
)
def test_plays(fields: dict[str, Any], lines: list[dict[str, Any]], given: int) -> None:
    effect = only(evaluated([plays(**fields)], basket(*lines), taking_part()))
    assert (effect.kind, effect.instant_win, effect.instant_win_id, effect.plays, effect.valid_until) == (
        "give_plays",
        "spring",
        "iwn_1",
        given,
        OPEN.closes_at,
    )


@pytest.mark.parametrize(("play_days", "days"), [(3, 3), (366, None)])
def test_a_play_is_good_for_so_many_days_but_not_longer_than_the_instant_win(play_days: int, days: int | None) -> None:
    bought = basket(line("A"))
    effect = only(evaluated([plays()], bought, taking_part(play_days=play_days)))
    assert effect.valid_until == (bought.occurred_at + timedelta(days=days) if days else OPEN.closes_at)


@pytest.mark.parametrize(
    ("fields", "bought", "who", "miss"),
    [
        pytest.param({}, [line("A")], customer(), ("instant_win_unknown", 0, "none"), id="none such"),
        pytest.param({}, [line("A")], taking_part(closed=True), ("instant_win_closed", 0, "none"), id="over"),
        pytest.param(
            {"selector": {"skus": ["B"]}}, [line("A")], taking_part(), ("instant_win", 1, "units"), id="no such article"
        ),
        pytest.param(
            {"for_each": "money", "per": 5000},
            [line("A", 1, 3000)],
            taking_part(),
            ("instant_win", 2000, "money"),
            id="too little money",
        ),
    ],
)
def test_misses(fields: dict[str, Any], bought: list[dict[str, Any]], who: CustomerFacts, miss: Any) -> None:
    evaluation = evaluated([plays(**fields)], basket(*bought), who)
    assert missed(evaluation) == [("instant_win", *miss)]
    for language in Language:
        assert miss_text(evaluation.misses[0], program(plays(**fields)), language)


@pytest.mark.parametrize(
    ("moment", "condition"),
    [
        (OPEN.opens_at - timedelta(seconds=1), "instant_win_opens"),
        (OPEN.opens_at, None),
        (OPEN.closes_at - timedelta(seconds=1), None),
        (OPEN.closes_at, "instant_win_closed"),
    ],
)
def test_only_while_it_is_open(moment: datetime, condition: str | None) -> None:
    evaluation = evaluate(program(plays()), basket(line("A")), taking_part(), moment)
    assert [miss.condition for miss in evaluation.misses] == ([condition] if condition else [])
    assert len(evaluation.effects) == (condition is None)


def test_nobody_plays_for_a_walk_in() -> None:
    bought = basket(line("A"))
    assert missed(evaluate(program(plays()), bought, None, bought.occurred_at)) == [
        ("instant_win", "customer", 0, "none")
    ]


def test_conditions_and_limits_hold() -> None:
    dear = plays(conditions=[{"kind": "spend_at_least", "amount": 5000}])
    assert missed(evaluated([dear], basket(line("A", 1, 4000)), taking_part())) == [
        ("instant_win", "spend_at_least", 1000, "money")
    ]
    limited = plays(plays=3, limits=[{"at_most": 2, "of": "units", "per": "sale"}])
    assert missed(evaluated([limited], basket(line("A")), taking_part())) == [
        ("instant_win", "limit_passed", 1, "units")
    ]


@pytest.mark.parametrize(
    ("given", "english", "arabic"),
    [
        (1, "Rule: 1 play to win something at once", "قاعدة: محاولة واحدة للربح الفوري"),
        (2, "Rule: 2 plays to win something at once", "قاعدة: محاولتان للربح الفوري"),
        (3, "Rule: 3 plays to win something at once", "قاعدة: 3 محاولات للربح الفوري"),
        (11, "Rule: 11 plays to win something at once", "قاعدة: 11 محاولة للربح الفوري"),
    ],
)
def test_what_it_says(given: int, english: str, arabic: str) -> None:
    made = program(plays(plays=given))
    effect = only(evaluated([plays(plays=given)], basket(line("A")), taking_part()))
    assert effect_text(effect, made, Language.ENGLISH) == english
    assert effect_text(effect, made, Language.ARABIC) == arabic


@pytest.mark.parametrize(
    "fields",
    [{"instant_win": "Spring!"}, {"for_each": "money"}, {"per": 5}, {"plays": 0}, {"plays": 101}, {"price": 5}],
)
def test_refuses(fields: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        document(plays(**fields))


def test_a_program_names_its_instant_wins() -> None:
    assert program(plays(), {**plays(instant_win="autumn"), "id": "more"}).instant_wins == {"spring", "autumn"}
    assert program(rule("earn", per=100)).instant_wins == frozenset()
