"""What changes between two versions, and how it is said. Source: docs/rules/programs.md."""

from typing import Any

import pytest
from hypothesis import given

from kernel.language import Language
from services.loyalty.domain.diff_wording import diff_texts
from services.loyalty.domain.program_diff import FieldChange, program_diff
from tests.services.loyalty.domain.any_sale import programs
from tests.services.loyalty.domain.build import document, rule

POINTS = rule("earn", name={"en": "Points", "ar": "نقاط"}, per=100)
THREE = rule("buy_x_get_y", name={"en": "Three for two", "ar": "ثلاثة باثنين"})
REWARD = {"kind": "free_item", "name": {"en": "A coffee", "ar": "قهوة"}, "valid_days": 30}
CARD = rule("stamp_card", name={"en": "Card", "ar": "بطاقة"}, card="coffee", stamps_needed=5, reward=REWARD)


def test_the_same_twice_is_no_change() -> None:
    diff = program_diff(document(POINTS, CARD), document(POINTS, CARD))
    assert (diff.terms, diff.rules, diff.reordered) == ((), (), False)
    assert diff_texts(diff, Language.ENGLISH) == []


@given(programs(), programs())
def test_there_and_back_is_the_same_change_reversed(one: Any, other: Any) -> None:
    there, back = program_diff(one.terms, other.terms), program_diff(other.terms, one.terms)
    opposite = {"added": "removed", "removed": "added", "changed": "changed"}
    assert {(each.rule, opposite[each.change]) for each in there.rules} == {(e.rule, e.change) for e in back.rules}
    assert program_diff(one.terms, one.terms).rules == ()


def test_rules_are_added_removed_and_changed() -> None:
    diff = program_diff(document(POINTS, CARD), document(THREE, {**POINTS, "points": 2}))
    assert [(each.rule, each.change) for each in diff.rules] == [
        ("buy_x_get_y", "added"),
        ("earn", "changed"),
        ("stamp_card", "removed"),
    ]
    assert diff.rules[1].fields == (FieldChange(path="points", before=1, after=2),)


@pytest.mark.parametrize(
    ("before", "after", "path", "values"),
    [
        pytest.param(CARD, {**CARD, "reward": {**REWARD, "valid_days": 60}}, "reward.valid_days", (30, 60), id="deep"),
        pytest.param(POINTS, {**POINTS, "ends_on": "2026-12-31"}, "ends_on", (None, "2026-12-31"), id="a new end"),
        pytest.param(
            POINTS, {**POINTS, "selector": {"skus": ["B", "A"]}}, "selector.skus", ([], ["A", "B"]), id="a list"
        ),
    ],
)
def test_a_field_is_named_by_its_path(before: Any, after: Any, path: str, values: tuple[Any, Any]) -> None:
    (change,) = program_diff(document(before), document(after)).rules
    assert change.fields == (FieldChange(path=path, before=values[0], after=values[1]),)


def test_terms_and_the_order_of_rules_change() -> None:
    diff = program_diff(document(POINTS, THREE), document(THREE, POINTS, pending_days=14))
    assert diff.terms == (FieldChange(path="pending_days", before=0, after=14),)
    assert (diff.rules, diff.reordered) == ((), True)


def test_every_change_is_a_sentence_in_both_languages() -> None:
    after = document(THREE, {**POINTS, "points": 2, "include_tax": False, "ends_on": "2026-12-31"}, pending_days=14)
    diff = program_diff(document(POINTS, CARD), after)
    assert [plain(text) for text in diff_texts(diff, Language.ENGLISH)] == [
        "days of waiting from 0 to 14",
        "New rule: Three for two",
        "Points: last day from nothing to 2026-12-31",
        "Points: units from 1 to 2",
        "Points: include_tax from yes to no",
        "Rule removed: Card",
    ]
    assert [plain(text) for text in diff_texts(diff, Language.ARABIC)] == [
        "أيام الانتظار من 0 إلى 14",
        "قاعدة جديدة: ثلاثة باثنين",
        "نقاط: آخر يوم من لا شيء إلى 2026-12-31",
        "نقاط: الوحدات من 1 إلى 2",
        "نقاط: include_tax من نعم إلى لا",
        "قاعدة محذوفة: بطاقة",
    ]
    moved = program_diff(document(POINTS, THREE), document(THREE, POINTS))
    assert diff_texts(moved, Language.ARABIC) == ["تغيّر ترتيب القواعد"]


def plain(text: str) -> str:
    """Without the marks that keep a name's own direction."""
    return text.replace("\u2068", "").replace("\u2069", "")
