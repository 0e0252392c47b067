"""What a ladder can say, and what it cannot. Source: docs/rules/tiers.md."""

from datetime import date
from typing import Any

import pytest
from pydantic import ValidationError

from kernel.language import Language
from services.loyalty.domain.diff_wording import diff_texts
from services.loyalty.domain.program_diff import program_diff
from services.loyalty.domain.tier import CalendarWindow, RollingWindow, Tiers
from tests.services.loyalty.domain.build import document, rule
from tests.services.loyalty.tiers import GOLD, LADDER, SILVER


@pytest.mark.parametrize(
    ("tiers", "says"),
    [
        pytest.param({"ladder": []}, "at least 1", id="no step"),
        pytest.param({"ladder": [GOLD, SILVER]}, "more than the one before", id="upside down"),
        pytest.param({"ladder": [SILVER, {**GOLD, "threshold": 1000}]}, "more than the one before", id="level"),
        pytest.param({"ladder": [SILVER, {**GOLD, "id": "silver"}]}, "same id", id="twice"),
        pytest.param({"ladder": LADDER, "basis": "spend", "unit": "miles"}, "only counted where", id="unit of money"),
        pytest.param({"ladder": LADDER, "unit": "miles"}, "none of the program's units", id="another's unit"),
        pytest.param({"ladder": LADDER, "downgrade": "at_once", "grace_days": 1}, "no days of grace", id="at once"),
        pytest.param({"ladder": LADDER, "downgrade": "never", "grace_days": 1}, "no days of grace", id="never"),
        pytest.param({"ladder": LADDER, "window": {"kind": "rolling"}}, "Field required", id="rolling, how long?"),
    ],
)
def test_a_ladder_makes_sense(tiers: dict[str, Any], says: str) -> None:
    with pytest.raises(ValidationError, match=says):
        document(tiers=tiers)


def test_rules_ask_for_tiers_of_the_ladder() -> None:
    gold, bronze = ([{"kind": "in_tier", "tiers": [tier]}] for tier in ("gold", "bronze"))
    document(rule("earn", per=100, conditions=gold), tiers={"ladder": LADDER})
    document(rule("earn", per=100, conditions=bronze))
    with pytest.raises(ValidationError, match="not on the ladder"):
        document(rule("earn", per=100, conditions=bronze), tiers={"ladder": LADDER})


@pytest.mark.parametrize(
    ("amount", "level"), [(0, 0), (999, 0), (1000, 1), (1001, 1), (4999, 1), (5000, 2), (5001, 2), (10**12, 2)]
)
def test_the_threshold_is_enough(amount: int, level: int) -> None:
    tiers = Tiers.model_validate({"ladder": LADDER})
    assert tiers.level(amount) == level
    assert (tiers.level_of("silver"), tiers.level_of("gold"), tiers.level_of("bronze")) == (1, 2, 0)


@pytest.mark.parametrize(
    ("period", "day", "slot", "counts_until", "over"),
    [
        ("year", date(2026, 3, 10), date(2026, 1, 1), date(2027, 1, 1), date(2028, 1, 1)),
        ("quarter", date(2026, 12, 31), date(2026, 10, 1), date(2027, 1, 1), date(2027, 4, 1)),
        ("month", date(2026, 3, 31), date(2026, 3, 1), date(2026, 4, 1), date(2026, 5, 1)),
    ],
)
def test_a_period_lasts_for_itself_and_the_next(
    period: Any, day: date, slot: date, counts_until: date, over: date
) -> None:
    window = CalendarWindow(kind="calendar", period=period)
    assert (window.slot(day), window.counts_until(slot), window.term_over(slot, 1)) == (slot, counts_until, over)


def test_a_day_counts_for_so_many_months() -> None:
    window = RollingWindow(kind="rolling", months=1)
    assert window.counts_until(date(2026, 1, 31)) == window.term_over(date(2026, 1, 31), 1) == date(2026, 2, 28)


def test_what_changes_is_said_by_the_tier() -> None:
    before = document(tiers={"ladder": LADDER})
    platinum = {"id": "platinum", "name": {"en": "Platinum", "ar": "البلاتينية"}, "threshold": 9000}
    after = document(
        tiers={"ladder": [{**SILVER, "threshold": 2000}, GOLD, platinum], "downgrade": "full_drop", "grace_days": 30}
    )
    diff = program_diff(before, after)
    assert {change.path: (change.before, change.after) for change in diff.terms} == {
        "tiers.ladder.silver.threshold": (1000, 2000),
        "tiers.ladder.platinum": (
            None,
            {"name": {"en": "Platinum", "ar": "البلاتينية"}, "threshold": 9000, "segment": None},
        ),
        "tiers.downgrade": ("one_step", "full_drop"),
        "tiers.grace_days": (0, 30),
    }
    texts = [text.replace("\u2068", "").replace("\u2069", "") for text in diff_texts(diff, Language.ENGLISH)]
    assert "threshold of the tier silver from 1000 to 2000" in texts
    assert "how a tier is lost from one_step to full_drop" in texts
    assert any("حدّ الفئة" in text for text in diff_texts(diff, Language.ARABIC))
    assert "tiers from" in diff_texts(program_diff(document(), before), Language.ENGLISH)[0]


def test_a_change_of_the_segment_is_said() -> None:
    before = document(tiers={"ladder": LADDER})
    after = document(tiers={"ladder": [SILVER, {**GOLD, "segment": "staff"}], "on_leaving": "never"})
    texts = [
        text.replace("\u2068", "").replace("\u2069", "")
        for text in diff_texts(program_diff(before, after), Language.ENGLISH)
    ]
    assert any(text.startswith("group that the tier gold is for") for text in texts)
    assert any(text.startswith("when a tier is lost whose group was left") for text in texts)


@pytest.mark.parametrize(
    "tiers",
    [
        {"ladder": [{**SILVER, "segment": ""}]},
        {"ladder": [{**SILVER, "segment": "no spaces"}]},
        {"ladder": LADDER, "on_leaving": "never"},
        {"ladder": [{**SILVER, "segment": "staff"}], "on_leaving": "some day"},
    ],
)
def test_what_a_segment_cannot_be(tiers: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        document(tiers=tiers)
