"""An award on a day that comes every year."""

from datetime import date, timedelta
from typing import Any

import pytest
from pydantic import ValidationError

from kernel.language import Language
from services.loyalty.domain.evaluate import evaluate
from services.loyalty.domain.rules.celebration import Celebration
from services.loyalty.domain.wording import miss_text
from tests.services.loyalty.domain.build import NOON, basket, customer, document, missed, program, rule
from tests.services.loyalty.domain.pages import page_document

BIRTHDAY = rule("birthday", award={"points": 50})


@pytest.mark.parametrize(
    ("number", "has", "today", "day"),
    [
        (0, "03-02", "2036-02-27", None),
        (0, "03-02", "2036-02-28", "2036-03-02"),
        (0, "02-29", "2037-02-25", "2037-02-28"),
        (1, "2036-02-29", "2037-02-28", None),
        (1, "2036-02-29", "2037-03-01", "2037-03-01"),
        (1, "2036-03-01", "2037-03-08", "2037-03-01"),
        (1, "2036-03-01", "2037-03-09", None),
        (1, "2036-03-01", "2036-03-01", None),
    ],
)
def test_the_examples_of_the_page(number: int, has: str, today: str, day: str | None) -> None:
    celebration = page_document("celebration").rules[number]
    assert isinstance(celebration, Celebration)
    found = dict(celebration.remembered(date.fromisoformat(today))).get(has)
    assert (found.isoformat() if found else None) == day


def test_over_a_year_each_birthday_comes_on_as_many_days_as_its_window_has() -> None:
    celebration = document(BIRTHDAY | {"days_before": 2, "days_after": 3}).rules[0]
    assert isinstance(celebration, Celebration)
    days = [date(2037, 1, 1) + timedelta(days=number) for number in range(365)]
    for birthday in ("01-01", "02-28", "02-29", "12-31"):
        assert sum(birthday in dict(celebration.remembered(day)) for day in days) == 6


@pytest.mark.parametrize(
    "fields",
    [
        {"award": {}},
        {"award": {"points": 1, "unit": "stars"}},
        {"days_before": 31},
        {"leap_day": "february_30"},
        {"limits": [{"at_most": 1}]},
        {"cool_down": {"days": 1}},
        {"group": "one"},
        {"conditions": [{"kind": "spend_at_least", "amount": 1}]},
    ],
)
def test_what_makes_no_sense_is_refused(fields: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        document(BIRTHDAY | fields)


@pytest.mark.parametrize(
    ("birthday", "before", "after", "holds"),
    [
        ("11-22", 0, 0, True),
        ("11-23", 0, 0, False),
        ("11-23", 1, 0, True),
        ("11-21", 1, 0, False),
        ("11-21", 0, 1, True),
        ("01-01", 40, 0, True),
        (None, 60, 60, False),
    ],
)
def test_a_basket_on_a_birthday(birthday: str | None, before: int, after: int, holds: bool) -> None:
    condition = {"kind": "on_birthday", "days_before": before, "days_after": after}
    compiled = program(rule("earn", per=100, conditions=[condition]))
    assert compiled.asks_days
    found = evaluate(compiled, basket(), customer(birthday=birthday), NOON)
    assert bool(found.effects) is holds
    assert missed(found) == ([] if holds else [("earn", "on_birthday", 0, "none")])


@pytest.mark.parametrize(("days", "holds"), [(3, False), (4, True)])
def test_newcomers(days: int, holds: bool) -> None:
    compiled = program(rule("earn", per=100, conditions=[{"kind": "joined_within", "days": days}]))
    found = evaluate(compiled, basket(), customer(joined_on=date(2026, 11, 19)), NOON)
    assert bool(found.effects) is holds
    assert not evaluate(compiled, basket(), customer(), NOON).effects


def test_why_not_in_both_languages() -> None:
    compiled = program(
        rule("earn", per=100, conditions=[{"kind": "on_birthday"}, {"kind": "joined_within", "days": 1}])
    )
    misses = evaluate(compiled, basket(), customer(), NOON).misses
    assert [miss_text(miss, compiled, Language.ENGLISH) for miss in misses] == [
        "Rule: only around the birthday",
        "Rule: only for those who came lately",
    ]
    assert [miss_text(miss, compiled, Language.ARABIC) for miss in misses] == [
        "قاعدة: حول يوم الميلاد فقط",
        "قاعدة: للعملاء الجدد فقط",
    ]


def test_a_program_that_does_not_ask_is_told_nothing() -> None:
    assert not program(BIRTHDAY, rule("earn", per=100)).asks_days
