from typing import Any

import pytest
from pydantic import ValidationError

from services.loyalty.domain.evaluate import evaluate
from tests.services.loyalty.domain.build import basket, document, evaluated, line, missed, only, program, rule


def gym(**more: Any) -> dict[str, Any]:
    fields = {"plan": "gym", "selector": {"skus": ["GYM12"]}, "paid_months": 12, "bonus_months": 3}
    return rule("membership_bonus", **(fields | more))


@pytest.mark.parametrize(
    ("bought", "months"),
    [
        pytest.param([line("GYM12")], (12, 3), id="pay twelve, get three"),
        pytest.param([line("GYM12", 2)], (24, 6), id="two terms"),
        pytest.param([line("GYM12"), line("GYM12", price=900)], (24, 6), id="on two lines"),
        pytest.param([line("GYM12", 11)], (120, 30), id="at most ten at once"),
        pytest.param([line("GYM12"), line("WATER", 5)], (12, 3), id="only the term itself"),
    ],
)
def test_months(bought: list[dict[str, Any]], months: tuple[int, int]) -> None:
    effect = only(evaluated([gym()], basket(*bought)))
    assert (effect.plan, effect.paid_months, effect.bonus_months) == ("gym", *months)


def test_months_bought_one_by_one_bring_no_gift() -> None:
    monthly = gym(id="monthly", selector={"skus": ["GYM1"]}, paid_months=1, bonus_months=0)
    evaluation = evaluated([gym(), monthly], basket(line("GYM1", 10)))
    effect = only(evaluation)
    assert (effect.rule, effect.paid_months, effect.bonus_months) == ("monthly", 10, 0)
    assert missed(evaluation) == [("membership_bonus", "membership_bonus", 1, "units")]


def test_a_free_term_brings_no_months() -> None:
    effects = evaluated([rule("buy_x_get_y", buy=1), gym()], basket(line("GYM12", 2))).effects
    assert effects[1].paid_months == 12  # type: ignore[union-attr]


def test_needs_a_customer() -> None:
    bought = basket(line("GYM12"))
    evaluation = evaluate(program(gym()), bought, None, bought.occurred_at)
    assert missed(evaluation) == [("membership_bonus", "customer", 0, "none")]


@pytest.mark.parametrize("fields", [{"paid_months": 0}, {"bonus_months": -1}, {"paid_months": 121}, {"plan": "GYM!"}])
def test_refuses(fields: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        document(gym(**fields))
