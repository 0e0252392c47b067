from datetime import UTC, datetime
from typing import Any

import pytest
from pydantic import ValidationError

from kernel.language import Language
from services.loyalty.domain.evaluate import evaluate
from services.loyalty.domain.wording import effect_text
from tests.services.loyalty.domain.build import basket, document, evaluated, line, missed, only, program, rule


def swim(**more: Any) -> dict[str, Any]:
    return rule("pass", **{"plan": "swim", "selector": {"skus": ["SWIM10"]}, "entries": 10, "valid_days": 30, **more})


@pytest.mark.parametrize(("quantity", "passes"), [(1, 1), (3, 3), (11, 10)])
def test_each_unit_is_a_pass(quantity: int, passes: int) -> None:
    effect = only(evaluated([swim()], basket(line("SWIM10", quantity))))
    assert (effect.plan, effect.passes, effect.entries) == ("swim", passes, 10)
    # Bought on 22 November: its thirtieth day is 21 December, which ends at nine in the evening in Greenwich.
    assert effect.valid_until == datetime(2026, 12, 21, 21, 0, tzinfo=UTC)


def test_for_ever_and_for_a_day() -> None:
    assert only(evaluated([swim(valid_days=None)], basket(line("SWIM10")))).valid_until is None
    today = only(evaluated([swim(valid_days=1)], basket(line("SWIM10"))))
    assert today.valid_until == datetime(2026, 11, 22, 21, 0, tzinfo=UTC)


def test_a_free_unit_is_no_pass() -> None:
    effects = evaluated([rule("buy_x_get_y", buy=1), swim()], basket(line("SWIM10", 2))).effects
    assert effects[1].passes == 1  # type: ignore[union-attr]


def test_needs_a_customer_and_a_unit() -> None:
    bought = basket(line("SWIM10"))
    assert missed(evaluate(program(swim()), bought, None, bought.occurred_at)) == [("pass", "customer", 0, "none")]
    assert missed(evaluated([swim()])) == [("pass", "pass", 1, "units")]


@pytest.mark.parametrize(
    ("quantity", "entries", "english", "arabic"),
    [
        (1, 10, "Rule: a pass of 10 entries", "قاعدة: بطاقة دخول فيها 10 مرات دخول"),
        (2, 1, "Rule: 2 passes of 1 entry", "قاعدة: بطاقتا دخول، في كل منها دخول واحد"),
    ],
)
def test_what_it_says(quantity: int, entries: int, english: str, arabic: str) -> None:
    effect = only(evaluated([swim(entries=entries)], basket(line("SWIM10", quantity))))
    made = program(swim(entries=entries))
    assert effect_text(effect, made, Language.ENGLISH) == english
    assert effect_text(effect, made, Language.ARABIC) == arabic


@pytest.mark.parametrize("fields", [{"entries": 0}, {"valid_days": 0}, {"plan": "SWIM!"}])
def test_refuses(fields: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        document(swim(**fields))
