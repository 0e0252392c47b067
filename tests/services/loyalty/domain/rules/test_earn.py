from datetime import UTC, datetime
from typing import Any

import pytest
from pydantic import ValidationError

from services.loyalty.domain.evaluate import evaluate
from tests.services.loyalty.domain.build import basket, document, evaluated, line, missed, only, program, rule


def earned(bought: list[dict[str, Any]], **fields: Any) -> tuple[int, int]:
    effect = only(evaluated([rule("earn", **({"per": 100} | fields))], basket(*bought)))
    return effect.amount, effect.base


@pytest.mark.parametrize(
    ("fields", "points"),
    [
        pytest.param({}, 12, id="one for each riyal, fractions dropped"),
        pytest.param({"points": 3, "per": 1000}, 3, id="three for ten riyals"),
        pytest.param({"points": 2, "per": 7}, 357, id="odd rate"),
        pytest.param({"per": 500, "rounding": "half_up"}, 3, id="2.5 half up"),
        pytest.param({"per": 500, "rounding": "half_even"}, 2, id="2.5 half even"),
        pytest.param({"per": 1200, "rounding": "up"}, 2, id="just over one, up"),
        pytest.param({"per": 1250, "rounding": "up"}, 1, id="exactly one, up"),
    ],
)
def test_points_for_money(fields: dict[str, Any], points: int) -> None:
    assert earned([line(price=1250)], **fields) == (points, 1250)


@pytest.mark.parametrize(
    ("rounded", "points"),
    [
        pytest.param("once", 4, id="4.50 once"),
        pytest.param("per_line", 3, id="1 for each line of 1.50"),
        pytest.param("per_unit", 3, id="1 for each unit of 1.50"),
    ],
)
def test_where_fractions_are_dropped(rounded: str, points: int) -> None:
    bought = [line("A", 1, 150), line("B", 1, 150), line("C", 1, 150)]
    assert earned(bought, rounded=rounded)[0] == points


def test_per_line_and_per_unit_differ_within_a_line() -> None:
    assert earned([line(quantity=2, price=150)], rounded="per_line")[0] == 3
    assert earned([line(quantity=2, price=150)], rounded="per_unit")[0] == 2


def test_per_unit_shares_the_lines_discount_over_its_units() -> None:
    # 3 × 2.00 less 0.01 is 1.99 + 2.00 + 2.00.
    assert earned([line(quantity=3, price=200, discount=1)], rounded="per_unit") == (5, 599)


@pytest.mark.parametrize(
    ("selector", "base"),
    [
        pytest.param({}, 3500, id="everything"),
        pytest.param({"categories": ["food"]}, 1500, id="a category"),
        pytest.param({"except_categories": ["food"]}, 2000, id="all but a category"),
        pytest.param({"skus": ["BREAD", "BREAD"]}, 1500, id="a sku"),
    ],
)
def test_selected_lines(selector: dict[str, Any], base: int) -> None:
    bought = [line("BREAD", 3, 500, categories=["food"]), line("SOAP", 2, 1000)]
    assert earned(bought, selector=selector)[1] == base


@pytest.mark.parametrize(
    ("include_tax", "base"), [pytest.param(True, 1150, id="with tax"), pytest.param(False, 1000, id="without tax")]
)
def test_tax(include_tax: bool, base: int) -> None:
    assert earned([line(price=1150, tax=150)], include_tax=include_tax)[1] == base


def test_a_discounted_line_bears_its_share_of_the_tax() -> None:
    rules = [rule("discount", percent_off=50), rule("earn", per=1, include_tax=False)]
    assert evaluated(rules, basket(line(price=1150, tax=150))).effects[1].base == 500  # type: ignore[union-attr]


def test_nothing_is_earned_on_what_was_not_paid() -> None:
    assert earned([line(quantity=2, price=1000, discount=500)])[1] == 1500


@pytest.mark.parametrize(
    ("fields", "bought", "short"),
    [
        pytest.param({"per": 1000}, [line(price=350)], (650, "money"), id="down"),
        pytest.param({"per": 1000, "points": 3}, [line(price=333)], (1, "money"), id="a third of ten riyals"),
        pytest.param({"per": 1000, "rounding": "half_up"}, [line(price=499)], (1, "money"), id="half up"),
        pytest.param({"per": 1000, "rounding": "half_even"}, [line(price=500)], (1, "money"), id="half even"),
        pytest.param(
            {"per": 1000, "rounded": "per_line"},
            [line("A", price=900), line("B", price=400)],
            (100, "money"),
            id="line",
        ),
        pytest.param({"per": 1, "selector": {"skus": ["TEA"]}}, [line()], (1, "units"), id="nothing selected"),
        pytest.param({"per": 1, "rounding": "up"}, [line(price=0)], (1, "units"), id="all of it free"),
    ],
)
def test_how_far_off_the_first_point_is(
    fields: dict[str, Any], bought: list[dict[str, Any]], short: tuple[int, str]
) -> None:
    evaluation = evaluated([rule("earn", **fields)], basket(*bought))
    assert missed(evaluation) == [("earn", "earn", *short)]
    if short[1] == "money":
        nearest = max(bought, key=lambda each: each["unit_price"])
        enough = [*bought, nearest | {"unit_price": nearest["unit_price"] + short[0]}][1:]
        assert only(evaluated([rule("earn", **fields)], basket(*enough))).amount >= 1


def test_a_sale_without_a_customer_earns_nothing() -> None:
    bought = basket()
    evaluation = evaluate(program(rule("earn", per=100)), bought, None, bought.occurred_at)
    assert (evaluation.effects, missed(evaluation)) == ((), [("earn", "customer", 0, "none")])


def test_units_live_as_the_program_says() -> None:
    effect = only(
        evaluated([rule("earn", per=100)], unit="miles", pending_days=14, expiry={"kind": "rolling", "months": 12})
    )
    assert effect.unit == "miles"
    assert effect.spendable_at == datetime(2026, 12, 6, 9, 0, tzinfo=UTC)
    assert effect.expires_at == datetime(2027, 12, 6, 21, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    "fields",
    [
        pytest.param({"per": 0}, id="per nothing"),
        pytest.param({"per": 1, "points": 0}, id="no points"),
        pytest.param({"per": 1, "points": 101}, id="more than a wallet could hold"),
        pytest.param({"per": 100, "rounding": "sideways"}, id="unknown rounding"),
        pytest.param({"per": 100, "multiplier": 2}, id="unknown key"),
    ],
)
def test_refuses(fields: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        document(rule("earn", **fields))
