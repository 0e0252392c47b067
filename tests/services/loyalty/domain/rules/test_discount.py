from typing import Any

import pytest
from pydantic import ValidationError

from services.loyalty.domain.effects import Discount
from services.loyalty.domain.evaluate import evaluate
from tests.services.loyalty.domain.build import basket, document, evaluated, line, missed, only, program, rule


def discount(bought: list[dict[str, Any]], **fields: Any) -> Discount:
    effect = only(evaluated([rule("discount", **fields)], basket(*bought)))
    assert isinstance(effect, Discount)
    return effect


@pytest.mark.parametrize(
    ("percent_off", "off"),
    [
        pytest.param(10, 100, id="ten"),
        pytest.param(100, 999, id="all: nothing is left over"),
        pytest.param(12.5, 125, id="124.875 rounded half up"),
        pytest.param(0.05, 0, id="0.4995: too little"),
        pytest.param(0.06, 1, id="0.5994: one"),
    ],
)
def test_percentage_off_the_order(percent_off: float, off: int) -> None:
    evaluation = evaluated([rule("discount", percent_off=percent_off)], basket(line(price=999)))
    assert evaluation.totals.discount == off
    assert missed(evaluation) == ([] if off else [("discount", "discount", 0, "none")])


@pytest.mark.parametrize(
    ("rounded", "off"),
    [
        pytest.param("once", 4, id="once: 4.2"),
        pytest.param("per_line", 3, id="per line: 1 for each 1.4"),
        pytest.param("per_unit", 3, id="per unit: 1 for each 1.4"),
    ],
)
def test_where_it_is_rounded(rounded: str, off: int) -> None:
    lines = [line("A", 1, 14), line("B", 1, 14), line("C", 1, 14)]
    assert discount(lines, percent_off=10, rounded=rounded).amount == off


def test_rounding_per_unit_differs_within_a_line() -> None:
    bought = [line(quantity=4, price=14)]
    assert discount(bought, percent_off=10).amount == 6
    assert discount(bought, percent_off=10, rounded="per_line").amount == 6
    assert discount(bought, percent_off=10, rounded="per_unit").amount == 4


@pytest.mark.parametrize(("rounding", "off"), [("down", 2), ("half_up", 3), ("half_even", 2), ("up", 3)])
def test_how_it_is_rounded(rounding: str, off: int) -> None:
    assert discount([line(price=25)], percent_off=10, rounding=rounding).amount == off


def test_the_odd_cents_go_to_the_largest_remainders() -> None:
    # 10 % of 100 shared by 33, 33, 34: 3.3, 3.3, 3.4.
    lines = [line("A", price=33), line("B", price=33), line("C", price=34)]
    assert [piece.amount for piece in discount(lines, percent_off=10).pieces] == [3, 3, 4]


def test_only_the_selected_lines() -> None:
    lines = [line("A", 2, 500, categories=["food"]), line("B", 1, 700)]
    effect = discount(lines, percent_off=10, selector={"categories": ["food"]})
    assert [(piece.line, piece.quantity, piece.amount) for piece in effect.pieces] == [(0, 2, 100)]


def test_each_percentage_is_taken_of_what_is_left() -> None:
    rules = [rule("discount", id="a", percent_off=10), rule("discount", id="b", percent_off=10)]
    evaluation = evaluated(rules, basket(line(price=1000)))
    assert [effect.amount for effect in evaluation.effects] == [100, 90]  # type: ignore[union-attr]
    assert evaluation.totals.due == 810


def test_the_smallest_priority_goes_first_then_the_order_of_the_program() -> None:
    rules = [rule("discount", id=name, percent_off=50, priority=at) for name, at in (("c", 7), ("a", 5), ("b", 5))]
    assert [effect.rule for effect in evaluated(rules).effects] == ["a", "b", "c"]  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("codes", "misses"),
    [
        pytest.param(["welcome10"], [], id="in other letters"),
        pytest.param([], [("discount", "has_code", 0, "none")], id="no code"),
        pytest.param(
            ["WELCOME11"],
            [("discount", "has_code", 0, "none"), (None, "unknown_code", 0, "none")],
            id="another code",
        ),
    ],
)
def test_a_coupon(codes: list[str], misses: list[tuple[str | None, str, int, str]]) -> None:
    coupon = rule("discount", percent_off=10, conditions=[{"kind": "has_code", "code": "WELCOME10"}])
    evaluation = evaluated([coupon], basket(line(price=1000), codes=codes))
    assert missed(evaluation) == misses
    assert [(effect.code, effect.amount) for effect in evaluation.effects] == (  # type: ignore[union-attr]
        [] if misses else [("WELCOME10", 100)]
    )


def test_needs_no_customer() -> None:
    bought = basket(line(price=1000))
    evaluation = evaluate(program(rule("discount", percent_off=10)), bought, None, bought.occurred_at)
    assert evaluation.totals.due == 900


def test_nothing_selected() -> None:
    evaluation = evaluated([rule("discount", percent_off=10, selector={"skus": ["TEA"]})])
    assert missed(evaluation) == [("discount", "discount", 1, "units")]


@pytest.mark.parametrize("percent_off", [0, 100.01, -5, 1.234])
def test_refuses(percent_off: float) -> None:
    with pytest.raises(ValidationError):
        document(rule("discount", percent_off=percent_off))
