"""Units for a visit that is reached."""

from typing import Any

import pytest
from pydantic import ValidationError

from kernel.language import Language
from services.loyalty.domain.effects import Accrue, IssueVoucher
from services.loyalty.domain.evaluate import evaluate
from services.loyalty.domain.program import compile_program
from services.loyalty.domain.tally import Memory
from services.loyalty.domain.wording import miss_text
from tests.services.loyalty.domain.build import NAME, NOON, basket, customer, document, evaluated, missed, rule
from tests.services.loyalty.domain.pages import page_document


def test_the_examples_of_the_page() -> None:
    compiled = compile_program(page_document("milestone"))
    memory = Memory(compiled.tallies, compiled.terms.zone)
    found = {}
    for visit in range(1, 7):
        evaluation = evaluate(compiled, basket(), customer(purchases=visit - 1), NOON, memory.used(NOON))
        memory.count(evaluation.effects, NOON)
        points = sum(effect.amount for effect in evaluation.effects if isinstance(effect, Accrue))
        found[visit] = points, [miss_text(miss, compiled, Language.ENGLISH) for miss in evaluation.misses]
    before = "Welcome: reached before"
    del found[5]
    assert found == {
        1: (100, ["Third visit: 2 visits to go"]),
        2: (0, [before, "Third visit: 1 visit to go"]),
        3: (50, [before]),
        4: (0, [before, "Third visit: 2 visits to go"]),
        6: (50, [before]),
    }


def test_in_arabic() -> None:
    compiled = compile_program(page_document("milestone"))
    first, second = evaluate(compiled, basket(), customer(purchases=3), NOON).misses
    assert miss_text(first, compiled, Language.ARABIC) == "أهلًا بك: سبق بلوغه"
    assert miss_text(second, compiled, Language.ARABIC) == "الزيارة الثالثة: المتبقي: زيارتان"


def test_a_milestone_that_was_reached_is_not_reached_again() -> None:
    compiled = compile_program(document(rule("milestone", every=3, points=50)))
    memory = Memory(compiled.tallies, compiled.terms.zone)
    points = []
    for purchases in (2, 2, 5, 5, 8):  # one purchase came back after the third visit, and one after the sixth
        evaluation = evaluate(compiled, basket(), customer(purchases=purchases), NOON, memory.used(NOON))
        memory.count(evaluation.effects, NOON)
        points.append(len(evaluation.effects))
    assert points == [1, 0, 1, 0, 1]


def test_a_visit_on_which_a_condition_fails_is_passed_over() -> None:
    third = rule("milestone", visit=3, points=50, conditions=[{"kind": "spend_at_least", "amount": 1001}])
    assert missed(evaluated([third], who=customer(purchases=2))) == [("milestone", "spend_at_least", 1, "money")]
    last = third | {"conditions": []}
    assert missed(evaluated([last], who=customer(purchases=3))) == [("milestone", "milestone", 0, "none")]


@pytest.mark.parametrize("fields", [{}, {"visit": 1, "every": 2}, {"visit": 0}])
def test_a_milestone_is_one_visit_or_many(fields: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        document(rule("milestone", points=1, **fields))


def test_an_award_of_another_unit_and_a_voucher() -> None:
    award = {"points": 5, "unit": "stars", "reward": {"kind": "free_item", "name": NAME}}
    tenth = rule("milestone", visit=1, award=award)
    units, voucher = evaluated([tenth], further_units=[{"unit": "stars"}]).effects
    assert isinstance(units, Accrue)
    assert (units.unit, units.amount, units.base) == ("stars", 5, 1000)
    assert isinstance(voucher, IssueVoucher)
    assert voucher.card is None


@pytest.mark.parametrize(
    "fields", [{}, {"points": 1, "award": {"points": 1}}, {"award": {"points": 1, "unit": "stars"}}]
)
def test_a_milestone_gives_points_or_an_award(fields: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        document(rule("milestone", visit=1, **fields))
