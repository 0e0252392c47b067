from typing import Any

import pytest
from pydantic import ValidationError

from services.loyalty.domain.program import ProgramDocument, compile_program
from tests.services.loyalty.domain.build import NAME, document, rule

REWARD = {"kind": "free_item", "name": NAME}


def card(name: str, **more: Any) -> dict[str, Any]:
    return rule("stamp_card", id=name, card=name, stamps_needed=5, reward=REWARD, **more)


EVERY_RULE = document(
    rule("earn", per=100, selector={"except_categories": ["tobacco"]}),
    rule("buy_x_get_y", conditions=[{"kind": "on_weekdays", "days": ["fri"], "from_time": "16:00"}]),
    card("coffee"),
    rule("membership_bonus", plan="gym", selector={"skus": ["GYM12"]}, paid_months=12, bonus_months=3),
    rule("discount", percent_off=12.5, conditions=[{"kind": "has_code", "code": "WELCOME"}], starts_on="2026-01-01"),
    expiry={"kind": "rolling", "months": 12, "round_to": "month"},
    pending_days=14,
)


def test_a_document_is_read_back_as_it_was_written() -> None:
    assert ProgramDocument.model_validate_json(EVERY_RULE.model_dump_json()) == EVERY_RULE
    assert ProgramDocument.model_validate_json(EVERY_RULE.model_dump_json(exclude_defaults=True)) == EVERY_RULE


def test_rules_stand_in_the_order_in_which_they_apply() -> None:
    compiled = compile_program(EVERY_RULE)
    assert [each.id for each in compiled.price_rules] == ["buy_x_get_y", "discount"]
    assert [each.id for each in compiled.reward_rules] == ["earn", "coffee", "membership_bonus"]
    assert compiled.codes == {"welcome"}


@pytest.mark.parametrize(
    ("terms", "says"),
    [
        pytest.param({"currency": "riyal"}, "pattern", id="no currency code"),
        pytest.param({"time_zone": "Riyadh"}, "not a time zone", id="no time zone"),
        pytest.param({"time_zone": "../etc/passwd"}, "not a time zone", id="a path"),
        pytest.param({"rules": [rule("earn", per="100")]}, "valid integer", id="a number as text"),
        pytest.param({"rules": [rule("earn", per=100, starts_on=20000)]}, "write it as text", id="a day as a number"),
        pytest.param({"unit": ""}, "pattern", id="no unit"),
        pytest.param({"pending_days": -1}, "greater than or equal to 0", id="pending before earning"),
        pytest.param({"colour": "red"}, "Extra inputs", id="unknown key"),
        pytest.param({"rules": [rule("lottery")]}, "does not match any of the expected tags", id="unknown rule"),
        pytest.param({"rules": [rule("earn", per=1)] * 2}, "two rules have the same id", id="an id twice"),
        pytest.param(
            {"rules": [card("a"), card("b") | {"card": "a"}]}, "two stamp cards have the same id", id="a card twice"
        ),
        pytest.param({"rules": [rule("earn", per=1, unit="miles")]}, "none of the program's", id="an unknown unit"),
        pytest.param({"rules": [rule("earn", per=1, id="Base Points")]}, "pattern", id="an id with blanks"),
        pytest.param({"rules": [rule("earn", per=1, name={"en": "x"})]}, "Field required", id="no Arabic name"),
        pytest.param(
            {"rules": [rule("earn", per=1, starts_on="2026-02-01", ends_on="2026-01-31")]},
            "ends_on is before starts_on",
            id="ends before it starts",
        ),
        pytest.param(
            {"rules": [rule("earn", per=1, id=f"r{number}") for number in range(101)]},
            "at most 100",
            id="too many rules",
        ),
    ],
)
def test_refuses(terms: dict[str, Any], says: str) -> None:
    with pytest.raises(ValidationError, match=says):
        ProgramDocument.model_validate({"currency": "SAR", "time_zone": "Asia/Riyadh", "rules": []} | terms)


def test_a_rule_may_start_and_end_on_one_day() -> None:
    assert document(rule("earn", per=1, starts_on="2026-01-01", ends_on="2026-01-01")).rules[0].ends_on
