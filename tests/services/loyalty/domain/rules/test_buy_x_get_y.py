from itertools import product
from typing import Any

import pytest
from pydantic import ValidationError

from tests.services.loyalty.domain.build import basket, document, evaluated, line, missed, only, rule


def outcome(bought: list[dict[str, Any]], **fields: Any) -> tuple[int, list[tuple[str, int, str]]]:
    """What the rule takes off, and what it misses."""
    evaluation = evaluated([rule("buy_x_get_y", **fields)], basket(*bought))
    off = sum(effect.amount for effect in evaluation.effects if effect.kind == "discount")
    return off, [miss[1:] for miss in missed(evaluation)]


def short_by(units: int) -> list[tuple[str, int, str]]:
    return [("buy_x_get_y", units, "units")]


@pytest.mark.parametrize(
    ("quantity", "off", "misses"),
    [
        pytest.param(1, 0, short_by(2), id="one: two short"),
        pytest.param(2, 0, short_by(1), id="two: the third is offered"),
        pytest.param(3, 1000, [], id="three: one free"),
        pytest.param(4, 1000, [], id="four: one free"),
        pytest.param(5, 1000, short_by(1), id="five: the sixth is offered"),
        pytest.param(6, 2000, [], id="six: two free"),
    ],
)
def test_buy_two_get_one_among_the_units_of_the_basket(
    quantity: int, off: int, misses: list[tuple[str, int, str]]
) -> None:
    assert outcome([line(quantity=quantity)]) == (off, misses)


@pytest.mark.parametrize(
    ("quantity", "given", "misses"),
    [
        pytest.param(1, 0, short_by(1), id="one: one short"),
        pytest.param(2, 1, [], id="two: one more is given"),
        pytest.param(3, 1, [], id="three: one more is given"),
        pytest.param(4, 2, [], id="four: two more"),
    ],
)
def test_buy_two_get_one_on_top(quantity: int, given: int, misses: list[tuple[str, int, str]]) -> None:
    evaluation = evaluated([rule("buy_x_get_y", counting="on_top")], basket(line(quantity=quantity, name="Coffee")))
    assert evaluation.totals.discount == 0
    assert [(effect.sku, effect.name, effect.quantity) for effect in evaluation.effects] == (  # type: ignore[union-attr]
        [("COFFEE", "Coffee", given)] if given else []
    )
    assert [miss[1:] for miss in missed(evaluation)] == misses


MIXED = [line("A", 2, 1000), line("B", 2, 700), line("C", 2, 300)]


@pytest.mark.parametrize(
    ("fields", "off"),
    [
        pytest.param({}, 600, id="the two cheapest"),
        pytest.param({"free_unit": "dearest"}, 2000, id="the two dearest"),
        pytest.param({"sets_max": 1}, 300, id="once"),
        pytest.param({"sets_max": 1, "free_unit": "dearest"}, 1000, id="once, the dearest"),
        pytest.param({"sets_max": 2}, 600, id="at most twice"),
        pytest.param({"buy": 1}, 1300, id="buy one get one"),
        pytest.param({"buy": 1, "get": 2}, 2000, id="more free than paid"),
        pytest.param({"buy": 3, "get": 2}, 600, id="buy three get two"),
        pytest.param({"selector": {"skus": ["A"]}, "buy": 1}, 1000, id="of one sku"),
        pytest.param({"percent_off": 50}, 300, id="the third at half price"),
    ],
)
def test_which_unit_is_free(fields: dict[str, Any], off: int) -> None:
    assert outcome(MIXED, **fields)[0] == off


@pytest.mark.parametrize(("free_unit", "sku"), [("cheapest", "TEA"), ("dearest", "COFFEE")])
def test_which_unit_is_given_on_top(free_unit: str, sku: str) -> None:
    bought = basket(line("COFFEE", 1, 1000), line("TEA", 1, 800))
    assert only(evaluated([rule("buy_x_get_y", counting="on_top", free_unit=free_unit)], bought)).sku == sku


@pytest.mark.parametrize("sets_max", [1, 2])
def test_no_more_is_offered_when_the_rule_has_done_all_it_may(sets_max: int) -> None:
    assert outcome([line(quantity=3 * sets_max + 2)], sets_max=sets_max) == (1000 * sets_max, [])


@pytest.mark.parametrize(("buy", "get"), [*product(range(1, 6), repeat=2)])
def test_any_set_and_any_quantity_however_the_units_are_spread_over_lines(buy: int, get: int) -> None:
    for quantity in range(1, 51):
        free = quantity // (buy + get) * get
        assert outcome([line(quantity=quantity)], buy=buy, get=get)[0] == free * 1000
        prices = [100 + number % 7 for number in range(quantity)]
        each = [line(f"S{number}", 1, price) for number, price in enumerate(prices)]
        cheapest = sum(sorted(prices)[:free])
        assert outcome(each, buy=buy, get=get)[0] == cheapest
        assert outcome(each[::-1], buy=buy, get=get)[0] == cheapest


def test_a_unit_serves_one_set_only() -> None:
    rules = [rule("buy_x_get_y", id="first"), rule("buy_x_get_y", id="second")]
    evaluation = evaluated(rules, basket(line(quantity=5)))
    assert [effect.rule for effect in evaluation.effects] == ["first"]  # type: ignore[union-attr]
    assert missed(evaluation) == [("first", "buy_x_get_y", 1, "units"), ("second", "buy_x_get_y", 1, "units")]


def test_the_smallest_priority_has_the_first_choice_of_units() -> None:
    rules = [rule("buy_x_get_y", id="late", priority=2), rule("buy_x_get_y", id="early", priority=1)]
    assert only(evaluated(rules, basket(line(quantity=3)))).rule == "early"


def test_a_free_unit_is_not_discounted_again_and_earns_nothing() -> None:
    rules = [rule("buy_x_get_y"), rule("discount", percent_off=10), rule("earn", per=100)]
    free, discount, accrual = evaluated(rules, basket(line(quantity=3))).effects
    assert (free.amount, discount.amount, accrual.amount) == (1000, 200, 18)  # type: ignore[union-attr]
    assert discount.pieces[0].quantity == 2  # type: ignore[union-attr]


def test_what_costs_nothing_makes_no_set() -> None:
    assert outcome([line(quantity=2), line("LEAFLET", 5, price=0)]) == (0, short_by(1))


def test_the_pieces_name_the_lines_and_add_up() -> None:
    effect = only(evaluated([rule("buy_x_get_y", buy=1)], basket(*MIXED)))
    assert [(piece.line, piece.quantity, piece.amount) for piece in effect.pieces] == [(1, 1, 700), (2, 2, 600)]


def test_the_lines_own_discount_is_shared_over_its_units() -> None:
    # 3 × 3.34 less 0.02 is 3.33 + 3.33 + 3.34: the free one is a cheaper one.
    assert outcome([line(quantity=3, price=334, discount=2)])[0] == 333


def test_the_coupon_that_opened_the_offer_is_named() -> None:
    coupon = rule("buy_x_get_y", conditions=[{"kind": "has_code", "code": "B2G1"}])
    assert only(evaluated([coupon], basket(line(quantity=3), codes=["b2g1"]))).code == "B2G1"


@pytest.mark.parametrize(
    "fields",
    [
        pytest.param({"buy": 0}, id="buy nothing"),
        pytest.param({"get": 0}, id="get nothing"),
        pytest.param({"sets_max": 0}, id="never"),
        pytest.param({"counting": "on_top", "percent_off": 50}, id="half a unit on top"),
        pytest.param({"percent_off": 0}, id="no discount"),
    ],
)
def test_refuses(fields: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        document(rule("buy_x_get_y", **fields))
