"""An award for what is no purchase."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from pydantic import ValidationError

from kernel.language import Language
from services.loyalty.domain.activity import Activity
from services.loyalty.domain.customer import DrawFacts, InstantWinFacts
from services.loyalty.domain.effects import Accrue, EnterDraw, GivePlays, IssueVoucher
from services.loyalty.domain.evaluate_activity import Outcome, evaluate_activity
from services.loyalty.domain.program import compile_others, compile_program
from services.loyalty.domain.rules.activity import ActivityRule
from services.loyalty.domain.tally import Memory, units_of
from services.loyalty.domain.wording import miss_text
from tests.services.loyalty.domain.build import NAME, NOON, customer, document, rule
from tests.services.loyalty.domain.pages import page_document

REVIEW = rule("activity", activity="review", award={"points": 20})
EXAMPLES: list[tuple[int, str, dict[str, Any]]] = [
    (0, "review", {"letters": 80, "photo": True}),
    (1, "review", {"letters": 30, "photo": True}),
    (2, "review", {"letters": 60}),
    (3, "review", {"letters": 90}),
    (4, "recycling", {"material": "glass"}),
    (5, "recycling", {"material": "paper"}),
]


def activity(kind: str = "review", **attributes: Any) -> Activity:
    fields = {"customer_id": "cus_1", "kind": kind, "external_id": "A-1", "occurred_at": NOON}
    return Activity.model_validate({**fields, "attributes": attributes})


def given(*rules: dict[str, Any], **attributes: Any) -> Outcome:
    """What the rules give for a review."""
    return evaluate_activity(compile_others(document(*rules), ActivityRule), activity(**attributes), customer(), NOON)


def test_the_examples_of_the_page() -> None:
    compiled = compile_others(page_document("activity"), ActivityRule)
    memory = Memory(compiled.tallies, compiled.terms.zone)
    found = []
    for hours, kind, attributes in EXAMPLES:
        at = NOON + timedelta(hours=hours)
        outcome = evaluate_activity(compiled, activity(kind, **attributes), customer(), at, memory.used(at))
        memory.count(outcome.effects, at)
        found.append(
            (
                sum(effect.amount for effect in outcome.effects if isinstance(effect, Accrue)),
                [effect.reward.name.en for effect in outcome.effects if isinstance(effect, IssueVoucher)],
                [miss_text(miss, compiled, Language.ENGLISH) for miss in outcome.misses],
            )
        )
    others = "With a photo: only for others of its kind"
    cool = "With a photo: used a short while ago, again from Tuesday 22 December, 12:00"
    assert found == [
        (20, ["A coffee"], []),
        (0, [], ["A review: 20 short", cool]),
        (20, [], [others]),
        (0, [], ["A review: used up, again from Monday 23 November", others]),
        (5, [], []),
        (0, [], ["Bottles back: only for others of its kind"]),
    ]


SUMMER = DrawFacts(id="drw_1", opens_at=NOON, closes_at=NOON + timedelta(hours=8), left=3)
SPRING = InstantWinFacts(id="iwn_1", opens_at=NOON, closes_at=NOON + timedelta(hours=9))
CLASS = rule("activity", activity="review", draw_entries={"draw": "summer"}, plays={"instant_win": "spring"})


def test_the_chances_of_the_page() -> None:
    compiled = compile_others(page_document("activity"), ActivityRule)
    assert (compiled.draws, compiled.instant_wins) == ({"summer"}, {"spring"})
    found, left = [], 3
    for hours in (6.0, 7.0, 7.5, 8.0, 9.0):
        who = customer(draws={"summer": replace(SUMMER, left=left)}, instant_wins={"spring": SPRING})
        outcome = evaluate_activity(compiled, activity("class"), who, NOON + timedelta(hours=hours))
        left -= sum(effect.entries for effect in outcome.effects if isinstance(effect, EnterDraw))
        misses = [miss_text(miss, compiled, Language.ENGLISH) for miss in outcome.misses]
        found.append(([units_of(effect) for effect in outcome.effects], misses))
    closed, over = "A class: the draw is closed", "A class: the instant win is over"
    assert found == [
        ([10, 2, 1], []),
        ([10, 1, 1], []),
        ([10, 1], ["A class: you have all the entries you may have"]),
        ([10, 1], [closed]),
        ([10], [closed, over]),
    ]


def test_entries_and_plays_without_an_award() -> None:
    who = customer(draws={"summer": SUMMER}, instant_wins={"spring": SPRING})
    other = CLASS | {"id": "other", "draw_entries": {"draw": "summer", "entries": 1000}, "limits": [{"at_most": 1}]}
    compiled = compile_others(document(CLASS, other), ActivityRule)
    entered, play, rest, _play = evaluate_activity(compiled, activity(), who, NOON).effects
    assert entered == EnterDraw(rule="activity", draw="summer", draw_id="drw_1", entries=1)
    assert play == GivePlays(
        rule="activity", instant_win="spring", instant_win_id="iwn_1", plays=1, valid_until=SPRING.closes_at
    )
    assert rest == EnterDraw(rule="other", draw="summer", draw_id="drw_1", entries=2, capped_from=1000)
    assert [miss.condition for miss in given(CLASS).misses] == ["draw_unknown", "instant_win_unknown"]
    early = evaluate_activity(compiled, activity(), who, NOON - timedelta(hours=1))
    assert [(miss.condition, miss.again_at) for miss in early.misses[:2]] == [
        ("draw_opens", NOON),
        ("instant_win_opens", NOON),
    ]
    assert early.effects == ()


def test_in_arabic() -> None:
    compiled = compile_others(page_document("activity"), ActivityRule)
    first, second = evaluate_activity(compiled, activity(letters=30), customer(), NOON).misses
    assert miss_text(first, compiled, Language.ARABIC) == "تقييم: ينقصه 20"
    assert miss_text(second, compiled, Language.ARABIC) == "مع صورة: لغيره من النوع نفسه"


@pytest.mark.parametrize(
    ("condition", "value", "holds"),
    [
        ({"kind": "attribute_equals", "value": True}, True, True),
        ({"kind": "attribute_equals", "value": True}, 1, False),
        ({"kind": "attribute_equals", "value": 1}, True, False),
        ({"kind": "attribute_equals", "value": "Gold"}, "gold", False),
        ({"kind": "attribute_one_of", "values": [1, "x"]}, "x", True),
        ({"kind": "attribute_one_of", "values": [1, "x"]}, True, False),
        ({"kind": "attribute_at_least", "at_least": 5}, 5, True),
        ({"kind": "attribute_at_least", "at_least": 5}, 4, False),
        ({"kind": "attribute_at_least", "at_least": 1}, True, False),
        ({"kind": "attribute_at_least", "at_least": 1}, "2", False),
    ],
)
def test_attributes_are_what_they_are(condition: dict[str, Any], value: Any, holds: bool) -> None:
    asking = REVIEW | {"conditions": [{**condition, "attribute": "what"}]}
    assert bool(given(asking, what=value).effects) is holds
    assert not given(asking).effects, "what is not told is nothing"


def test_part_of_the_units_and_the_whole_voucher() -> None:
    reward = {"kind": "free_item", "name": NAME}
    limited = REVIEW | {
        "award": {"points": 20, "reward": reward},
        "limits": [{"at_most": 15, "of": "units", "when_passed": "give_what_is_left"}],
    }
    units, voucher = sorted(given(limited).effects, key=lambda effect: effect.kind)
    assert isinstance(units, Accrue)
    assert (units.amount, units.capped_from) == (15, 20)
    assert isinstance(voucher, IssueVoucher)


def test_rules_go_by_their_priority_and_caps_hold() -> None:
    first = REVIEW | {"id": "first", "priority": 1}
    compiled = compile_others(document(REVIEW, first, balance_max=100), ActivityRule)
    outcome = evaluate_activity(compiled, activity(), customer(room={"points": 30}), NOON)
    assert [(effect.rule, effect.amount) for effect in outcome.effects] == [("first", 20), ("activity", 10)]  # type: ignore[union-attr]


def test_a_basket_knows_nothing_of_it() -> None:
    compiled = compile_program(document(REVIEW | {"limits": [{"at_most": 1}], "cool_down": {"days": 1}}))
    assert (compiled.price_rules, compiled.reward_rules, compiled.tallies, compiled.cooling) == (
        (),
        (),
        (),
        frozenset(),
    )


@pytest.mark.parametrize(
    "fields",
    [
        {"award": {}},
        {"award": None},
        {"award": None, "draw_entries": {"draw": "summer", "entries": 0}},
        {"award": None, "plays": {"instant_win": "spring", "plays": 101}},
        {"draw_entries": {"draw": "summer"}, "limits": [{"at_most": 1, "of": "units"}]},
        {"plays": {"instant_win": "spring"}, "limits": [{"at_most": 1, "of": "units"}]},
        {"award": {"points": 1, "unit": "stars"}},
        {"conditions": [{"kind": "spend_at_least", "amount": 1}]},
        {"group": "one"},
        {"limits": [{"at_most": 1, "each": "store"}]},
        {"limits": [{"at_most": 1, "of": "money"}]},
        {"activity": "Review!"},
    ],
)
def test_what_makes_no_sense_is_refused(fields: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        document(REVIEW | fields)


def test_a_basket_has_no_attributes() -> None:
    with pytest.raises(ValidationError, match="knows no activity"):
        document(rule("earn", per=100, conditions=[{"kind": "attribute_equals", "attribute": "a", "value": 1}]))


@pytest.mark.parametrize(
    "fields",
    [
        {"customer_id": None},
        {"customer_id": ""},
        {"kind": "a review"},
        {"external_id": ""},
        {"occurred_at": "2026-11-22T10:00:00"},
        {"attributes": {"stars": 4.5}},
        {"attributes": {"deep": {"er": 1}}},
        {"attributes": {"1st": 1}},
        {"attributes": {f"a{n}": n for n in range(51)}},
        {"attributes": {"text": "x" * 201}},
    ],
)
def test_an_activity_is_well_formed(fields: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        Activity.model_validate({**activity().model_dump(), **fields})
