from itertools import combinations, product
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
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


COFFEE = {"skus": ["COFFEE"]}
CAKE = {"categories": ["cake"]}


def cafe(coffees: int, cakes: int) -> list[dict[str, Any]]:
    some = [line("COFFEE", coffees, 1000)] if coffees else []
    return some + [line(f"CAKE{number}", 1, 500 + 100 * number, categories=["cake"]) for number in range(cakes)]


@pytest.mark.parametrize(
    ("coffees", "cakes", "off", "misses"),
    [
        pytest.param(2, 0, 0, [("free_unit", 1, "units")], id="the cake is offered"),
        pytest.param(1, 1, 0, short_by(1), id="a coffee is missing"),
        pytest.param(0, 1, 0, short_by(2), id="both coffees are missing"),
        pytest.param(1, 0, 0, short_by(2), id="a coffee and the cake are missing"),
        pytest.param(2, 1, 500, [], id="two coffees, a cake free"),
        pytest.param(2, 3, 500, [], id="the cheapest cake free"),
        pytest.param(4, 3, 1100, [], id="two cakes free"),
        pytest.param(4, 1, 500, [("free_unit", 1, "units")], id="another cake is offered"),
    ],
)
def test_buy_coffees_get_a_cake(coffees: int, cakes: int, off: int, misses: list[tuple[str, int, str]]) -> None:
    assert outcome(cafe(coffees, cakes), selector=COFFEE, get_selector=CAKE) == (off, misses)


@pytest.mark.parametrize(
    ("fields", "off"),
    [
        pytest.param({"free_unit": "dearest"}, 700, id="the dearest cake"),
        pytest.param({"get_selector": {"skus": ["CAKE1"]}}, 600, id="a named cake"),
        pytest.param({"percent_off": 50}, 250, id="half of the cheapest cake"),
        pytest.param({"get": 2}, 1100, id="two cakes"),
    ],
)
def test_which_cake(fields: dict[str, Any], off: int) -> None:
    assert outcome(cafe(2, 3), **({"selector": COFFEE, "get_selector": CAKE} | fields))[0] == off


@pytest.mark.parametrize(
    ("choices", "off"),
    [
        pytest.param([], 500, id="none chosen: the cheapest"),
        pytest.param([("CAKE2", 1)], 700, id="the dearest chosen"),
        pytest.param([("CAKE1", 1), ("CAKE2", 1)], 600, id="too many chosen: the cheapest of them"),
        pytest.param([("TART", 1)], 500, id="not in the basket: the cheapest"),
    ],
)
def test_the_customers_choice_among_the_units_of_the_basket(choices: list[tuple[str, int]], off: int) -> None:
    offer = rule("buy_x_get_y", selector=COFFEE, get_selector=CAKE, free_unit="chosen")
    chosen = [{"rule": "buy_x_get_y", "sku": sku, "quantity": quantity} for sku, quantity in choices]
    for order in (chosen, chosen[::-1]):
        assert evaluated([offer], basket(*cafe(2, 3), choices=order)).totals.discount == off


def test_a_choice_for_another_rule_is_no_choice_here() -> None:
    offer = rule("buy_x_get_y", selector=COFFEE, get_selector=CAKE, free_unit="chosen")
    bought = basket(*cafe(2, 3), choices=[{"rule": "another", "sku": "CAKE2"}])
    assert evaluated([offer], bought).totals.discount == 500


ITEMS = [{"sku": "MUG", "name": "Mug"}, {"sku": "SPOON"}]


def given_on_top(quantity: int, *choices: tuple[str, int], **fields: Any) -> tuple[list[tuple[str, int]], Any]:
    chosen = [{"rule": "buy_x_get_y", "sku": sku, "quantity": number} for sku, number in choices]
    bought = basket(line(quantity=quantity), choices=chosen)
    evaluation = evaluated([rule("buy_x_get_y", counting="on_top", **fields)], bought)
    assert evaluation.totals.discount == 0
    return [(effect.sku, effect.quantity) for effect in evaluation.effects], missed(evaluation)  # type: ignore[union-attr]


def test_a_named_article_on_top() -> None:
    assert given_on_top(4, items=ITEMS[:1]) == ([("MUG", 2)], [])


@pytest.mark.parametrize(
    ("choices", "gifts", "left"),
    [
        pytest.param([], [], 2, id="nothing chosen yet"),
        pytest.param([("SPOON", 1)], [("SPOON", 1)], 1, id="one of two chosen"),
        pytest.param([("SPOON", 1), ("MUG", 1)], [("MUG", 1), ("SPOON", 1)], 0, id="one of each"),
        pytest.param([("SPOON", 9)], [("SPOON", 2)], 0, id="no more than there is"),
        pytest.param([("CAR", 2)], [], 2, id="not among the several"),
    ],
)
def test_the_customers_choice_on_top(choices: list[tuple[str, int]], gifts: list[tuple[str, int]], left: int) -> None:
    misses = [("buy_x_get_y", "choice", left, "units")] if left else []
    assert given_on_top(4, *choices, items=ITEMS, free_unit="chosen") == (gifts, misses)


TWO_SKUS = [line("A", 4, 1000), line("B", 2, 300), line("B", 1, 500)]


@pytest.mark.parametrize(
    ("fields", "off"),
    [
        pytest.param({}, 1300, id="one of each, though the cheapest two are of one sku"),
        pytest.param({"free_unit": "dearest"}, 1500, id="the dearest of each"),
        pytest.param({"sets_max": 1}, 300, id="once: the sku with the cheapest unit"),
        pytest.param({"sets_max": 1, "free_unit": "dearest"}, 1000, id="once: the sku with the dearest unit"),
        pytest.param({"buy": 3}, 1000, id="only one sku has so many"),
        pytest.param({"percent_off": 50}, 650, id="half of each"),
    ],
)
def test_sets_within_a_sku(fields: dict[str, Any], off: int) -> None:
    assert outcome(TWO_SKUS, sets_within="sku", **fields)[0] == off
    assert outcome(TWO_SKUS[::-1], sets_within="sku", **fields)[0] == off


def test_units_of_different_articles_make_no_set_within_a_sku() -> None:
    bought = [line("A", 2, 1000), line("B", 1, 500)]
    assert outcome(bought) == (500, [])
    assert outcome(bought, sets_within="sku") == (0, short_by(1))


def test_the_same_article_is_given_on_top_within_a_sku() -> None:
    bought = basket(line("A", 2, 1000), line("B", 1, 500), line("C", 4, 700))
    effects = evaluated([rule("buy_x_get_y", counting="on_top", sets_within="sku")], bought).effects
    assert [(effect.sku, effect.quantity) for effect in effects] == [("C", 2), ("A", 1)]  # type: ignore[union-attr]


def free_by_brute_force(coffees: list[int], both: list[int], cakes: list[int], buy: int, get: int) -> set[int]:
    """What the free units of as many sets as can be made may be worth together, over every way to make them."""
    units = [(price, True, False) for price in coffees] + [(price, True, True) for price in both]
    units += [(price, False, True) for price in cakes]
    places = range(len(units))
    for sets in range(len(units) // (buy + get), 0, -1):
        worth = {
            sum(units[place][0] for place in got)
            for got in combinations([place for place in places if units[place][2]], sets * get)
            if sum(units[place][1] for place in places if place not in got) >= sets * buy
        }
        if worth:
            return worth
    return {0}


prices = st.lists(st.sampled_from([100, 250, 400]), max_size=4)


@settings(deadline=None)  # a busy machine is no failure
@given(prices, prices, prices, st.integers(1, 3), st.integers(1, 3))
def test_no_way_to_make_the_sets_is_better(
    coffees: list[int], both: list[int], cakes: list[int], buy: int, get: int
) -> None:
    sides = {"COFFEE": ["coffee"], "BOTH": ["coffee", "cake"], "CAKE": ["cake"]}
    bought = [
        line(f"{sku}{number}", 1, price, categories=sides[sku])
        for sku, some in (("COFFEE", coffees), ("BOTH", both), ("CAKE", cakes))
        for number, price in enumerate(some)
    ]
    if not bought:
        return
    worth = free_by_brute_force(coffees, both, cakes, buy, get)
    offer = {"selector": {"categories": ["coffee"]}, "get_selector": CAKE, "buy": buy, "get": get}
    assert outcome(bought, **offer)[0] == min(worth)
    assert outcome(bought, **offer, free_unit="dearest")[0] == max(worth)


@settings(deadline=None)  # a busy machine is no failure
@given(st.integers(0, 6), st.integers(0, 6), st.integers(1, 3), st.integers(1, 3))
def test_what_is_missing_is_what_it_takes(coffees: int, cakes: int, buy: int, get: int) -> None:
    if not coffees + cakes:
        return
    offer = {"selector": COFFEE, "get_selector": {"skus": ["CAKE"]}, "buy": buy, "get": get}

    def bought(more_coffees: int, more_cakes: int) -> list[dict[str, Any]]:
        counts = {"COFFEE": coffees + more_coffees, "CAKE": cakes + more_cakes}
        return [line(sku, number, 100) for sku, number in counts.items() if number]

    off, misses = outcome(bought(0, 0), **offer)
    if misses:
        ((_, short, _),) = misses
        ways = [(number, short - number) for number in range(short + 1)]
        assert max(outcome(bought(*way), **offer)[0] for way in ways) > off
        fewer = [(number, short - 1 - number) for number in range(short)]
        assert all(outcome(bought(*way), **offer)[0] == off for way in fewer)


@pytest.mark.parametrize(("buy", "get"), [*product(range(1, 6), repeat=2)])
def test_pain_14_the_same_result_whatever_the_add_order(buy: int, get: int) -> None:
    """Over-applied when a quantity is added at once, not scaled, wrong for Y >= X, 1.5 free items."""
    for quantity in range(51):
        units = [(f"S{number % 3}", 100 + 50 * (number % 3)) for number in range(quantity)]
        at_once = [
            line(sku, units.count((sku, price)), price) for sku, price in sorted(set(units)) if (sku, price) in units
        ]
        one_by_one = [line(sku, 1, price) for sku, price in units]
        free = quantity // (buy + get) * get
        worth = sum(sorted(price for _, price in units)[:free])
        for lines in (at_once, one_by_one, one_by_one[::-1]) if quantity else ():
            evaluation = evaluated([rule("buy_x_get_y", buy=buy, get=get)], basket(*lines))
            pieces = [piece for effect in evaluation.effects for piece in effect.pieces]  # type: ignore[union-attr]
            assert (evaluation.totals.discount, sum(piece.quantity for piece in pieces)) == (worth, free)


@pytest.mark.parametrize(
    "fields",
    [
        pytest.param({"buy": 0}, id="buy nothing"),
        pytest.param({"get": 0}, id="get nothing"),
        pytest.param({"sets_max": 0}, id="never"),
        pytest.param({"counting": "on_top", "percent_off": 50}, id="half a unit on top"),
        pytest.param({"percent_off": 0}, id="no discount"),
        pytest.param({"counting": "on_top", "get_selector": CAKE}, id="selected on top"),
        pytest.param({"items": ITEMS[:1]}, id="items among the units of the basket"),
        pytest.param({"counting": "on_top", "items": ITEMS}, id="several items and no choice"),
        pytest.param({"counting": "on_top", "free_unit": "chosen", "items": ITEMS[:1]}, id="a choice of one"),
        pytest.param({"counting": "on_top", "free_unit": "chosen"}, id="a choice of nothing"),
        pytest.param({"sets_within": "sku", "get_selector": CAKE}, id="two selectors within a sku"),
    ],
)
def test_refuses(fields: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        document(rule("buy_x_get_y", **fields))
