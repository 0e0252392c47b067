from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from services.loyalty.domain.basket import Basket
from services.loyalty.domain.effects import Discount
from services.loyalty.domain.evaluate import Evaluation, evaluate
from tests.services.loyalty.domain.any_sale import baskets, percents
from tests.services.loyalty.domain.build import NAME, basket, document, evaluated, line, missed, only, program, rule


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


THREE = [line("A", 2, 1000), line("B", 1, 700), line("C", 1, 300)]


@pytest.mark.parametrize(
    ("scope", "percent_off", "amount_off", "fixed_price"),
    [
        pytest.param({"scope": "together"}, 1500, 500, 2100, id="together, 30.00"),
        pytest.param({"scope": "each_line"}, 1500, 1300, 1100, id="20.00, 7.00 and 3.00"),
        pytest.param({"scope": "each_unit"}, 1500, 1800, 200, id="10.00 twice, 7.00 and 3.00"),
        pytest.param({"scope": "cheapest_unit"}, 150, 300, 0, id="3.00"),
        pytest.param({"scope": "dearest_unit"}, 500, 500, 100, id="10.00"),
        pytest.param({"scope": "nth_unit", "nth": 2}, 650, 800, 100, id="the second and the fourth dearest"),
        pytest.param({"scope": "nth_unit", "nth": 3}, 350, 500, 0, id="the third dearest"),
    ],
)
def test_what_it_is_taken_off(scope: dict[str, Any], percent_off: int, amount_off: int, fixed_price: int) -> None:
    """50 % off; 5.00 off; for 9.00."""
    for cut, off in (
        ({"percent_off": 50}, percent_off),
        ({"amount_off": 500}, amount_off),
        ({"fixed_price": 900}, fixed_price),
    ):
        evaluation = evaluated([rule("discount", **cut, **scope)], basket(*THREE))
        assert evaluation.totals.discount == off
        assert missed(evaluation) == ([] if off else [("discount", "fixed_price", 0, "none")])


def test_the_pieces_name_the_units_they_are_of() -> None:
    effect = discount(THREE, fixed_price=900, scope="dearest_unit")
    assert [(piece.line, piece.quantity, piece.amount) for piece in effect.pieces] == [(0, 1, 100)]


def test_an_amount_is_shared_in_proportion_and_never_more_than_there_is() -> None:
    assert [piece.amount for piece in discount(THREE, amount_off=1000).pieces] == [667, 233, 100]
    assert discount(THREE, amount_off=5000).amount == 3000


@pytest.mark.parametrize(
    ("fields", "off", "capped_from"),
    [
        pytest.param({"percent_off": 20, "at_most": 601}, 600, None, id="under the cap"),
        pytest.param({"percent_off": 20, "at_most": 600}, 600, None, id="exactly the cap"),
        pytest.param({"percent_off": 20, "at_most": 599}, 599, 600, id="over the cap"),
        pytest.param({"amount_off": 700, "at_most": 500}, 500, 700, id="an amount"),
        pytest.param({"percent_off": 20, "rounded": "per_line", "at_most": 100}, 100, 600, id="per line"),
        pytest.param({"amount_off": 500, "scope": "each_line", "at_most": 1000}, 1000, 1300, id="each line"),
        pytest.param({"amount_off": 500, "scope": "each_unit", "at_most": 1}, 1, 1800, id="each unit"),
    ],
)
def test_the_most_it_gives(fields: dict[str, Any], off: int, capped_from: int | None) -> None:
    effect = discount(THREE, **fields)
    assert (effect.amount, effect.capped_from) == (off, capped_from)
    assert sum(piece.amount for piece in effect.pieces) == off


@pytest.mark.parametrize(
    ("odd_cent", "pieces"),
    [
        pytest.param("largest_remainder", [3, 3, 4], id="largest remainder: 3.3, 3.3, 3.4"),
        pytest.param("first_line", [4, 3, 3], id="the first line of the receipt"),
        pytest.param("last_line", [3, 3, 4], id="the last line of the receipt"),
    ],
)
@pytest.mark.parametrize("prices", [(33, 33, 34)])
def test_where_the_odd_cent_goes(odd_cent: str, pieces: list[int], prices: tuple[int, ...]) -> None:
    bought = basket(*[line(f"S{number}", price=price) for number, price in enumerate(prices)])
    effect = only(evaluated([rule("discount", percent_off=10)], bought, odd_cent=odd_cent))
    assert [piece.amount for piece in effect.pieces] == pieces


def test_a_line_never_gives_an_odd_cent_it_does_not_have() -> None:
    bought = basket(line("A", price=1), line("B", price=50), line("C", price=50))
    effect = only(evaluated([rule("discount", amount_off=100)], bought, odd_cent="first_line"))
    assert [(piece.line, piece.amount) for piece in effect.pieces] == [(0, 1), (1, 50), (2, 49)]


def several(choice: str, *percents: float, **more: Any) -> Evaluation:
    rules = [rule("discount", id=f"p{percent}", percent_off=percent, **more) for percent in percents]
    return evaluated(rules, basket(line(price=1000)), several_percentages=choice)


@pytest.mark.parametrize(
    ("choice", "off"),
    [
        pytest.param("each_of_what_is_left", [100, 180], id="10 % of 10.00, then 20 % of 9.00"),
        pytest.param("best_only", [200], id="20 % alone"),
        pytest.param("added_up", [100, 200], id="10 % and 20 % of 10.00"),
    ],
)
def test_several_percentages(choice: str, off: list[int]) -> None:
    assert [effect.amount for effect in several(choice, 10, 20).effects] == off  # type: ignore[union-attr]


def test_added_up_they_take_no_more_than_everything() -> None:
    evaluation = several("added_up", 60, 50)
    assert [effect.amount for effect in evaluation.effects] == [600, 400]  # type: ignore[union-attr]
    assert evaluation.totals.due == 0


def test_what_was_given_away_is_no_part_of_the_original_price() -> None:
    rules = [rule("buy_x_get_y"), rule("discount", id="a", percent_off=10), rule("discount", id="b", percent_off=10)]
    effects = evaluated(rules, basket(line(quantity=3)), several_percentages="added_up").effects
    assert [effect.amount for effect in effects] == [1000, 200, 200]  # type: ignore[union-attr]


def test_the_others_say_how_much_better_the_best_is() -> None:
    assert missed(several("best_only", 10, 20, 5)) == [
        ("p10", "better_discount", 100, "money"),
        ("p5", "better_discount", 150, "money"),
    ]


def test_of_two_that_take_the_same_the_first_applies() -> None:
    rules = [rule("discount", id=name, percent_off=10) for name in "ab"]
    evaluation = evaluated(rules, several_percentages="best_only")
    assert only(evaluation).rule == "a"
    assert missed(evaluation) == [("b", "better_discount", 0, "none")]


def test_the_best_says_why_the_others_do_not_apply_at_all() -> None:
    coupon = [{"kind": "has_code", "code": "X"}]
    rules = [rule("discount", id="a", percent_off=50, conditions=coupon), rule("discount", id="b", percent_off=10)]
    evaluation = evaluated(rules, several_percentages="best_only")
    assert (only(evaluation).rule, missed(evaluation)) == ("b", [("a", "has_code", 0, "none")])


def test_amounts_and_single_units_are_not_among_the_percentages() -> None:
    rules = [
        rule("discount", id="a", percent_off=10),
        rule("discount", id="b", amount_off=100),
        rule("discount", id="c", percent_off=50, scope="cheapest_unit"),
        rule("discount", id="d", percent_off=20),
    ]
    evaluation = evaluated(rules, several_percentages="best_only")
    # 20 % of 10.00, then 1.00, then half of 7.00.
    assert [(effect.rule, effect.amount) for effect in evaluation.effects] == [("d", 200), ("b", 100), ("c", 350)]  # type: ignore[union-attr]


@settings(deadline=None)  # a busy machine is no failure
@given(st.lists(percents, min_size=1, max_size=4), baskets())
def test_the_best_is_the_best_of_each_alone(drawn: list[float], bought: Basket) -> None:
    rules = [rule("discount", id=f"r{number}", percent_off=percent) for number, percent in enumerate(drawn)]
    alone = [evaluated([each], bought).totals.due for each in rules]
    assert evaluated(rules, bought, several_percentages="best_only").totals.due == min(alone)


def test_a_unit_made_free_counts_towards_nothing() -> None:
    rules = [
        rule("discount", percent_off=100, scope="cheapest_unit"),
        rule("stamp_card", card="c", stamps_needed=5, reward={"kind": "free_item", "name": NAME}),
        rule("earn", per=100),
    ]
    off, accrual, stamp = evaluated(rules, basket(line(quantity=3))).effects
    assert (off.amount, accrual.amount, stamp.stamps) == (1000, 20, 2)  # type: ignore[union-attr]


@pytest.mark.parametrize(("quantity", "short_by"), [(1, 2), (2, 1)])
def test_how_many_are_missing_for_the_nth(quantity: int, short_by: int) -> None:
    evaluation = evaluated([rule("discount", percent_off=50, scope="nth_unit", nth=3)], basket(line(quantity=quantity)))
    assert missed(evaluation) == [("discount", "discount", short_by, "units")]


@pytest.mark.parametrize("currency", ["JPY", "SAR", "KWD"])
def test_pain_11_no_fraction_is_left_over(currency: str) -> None:
    """Points of 268.28000000000003, a discount of all that leaves 0.01."""
    for cut in ({"percent_off": 100}, {"fixed_price": 0}, {"amount_off": 10**9}):
        for scope in ("together", "each_line", "each_unit"):
            bought = basket(line("A", 3, 333, discount=1), line("B", 1, 1), line("C", 7, 99), currency=currency)
            evaluation = evaluated([rule("discount", **cut, scope=scope)], bought, currency=currency)
            assert evaluation.totals.due == 0


@pytest.mark.parametrize(
    "fields",
    [
        pytest.param({"percent_off": 0}, id="nothing off"),
        pytest.param({"percent_off": 100.01}, id="more than all"),
        pytest.param({"percent_off": -5}, id="below nothing"),
        pytest.param({"percent_off": 1.234}, id="too exact"),
        pytest.param({}, id="no cut"),
        pytest.param({"percent_off": 5, "amount_off": 5}, id="two cuts"),
        pytest.param({"amount_off": 0}, id="no amount"),
        pytest.param({"amount_off": 5, "rounded": "per_line"}, id="an amount is not rounded"),
        pytest.param({"percent_off": 5, "scope": "nth_unit"}, id="which one"),
        pytest.param({"percent_off": 5, "nth": 3}, id="nth of what"),
        pytest.param({"percent_off": 5, "at_most": 0}, id="at most nothing"),
    ],
)
def test_refuses(fields: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        document(rule("discount", **fields))
