from itertools import combinations, permutations
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from tests.services.loyalty.domain.build import NAME, basket, document, evaluated, line, missed, only, rule

BREAKFAST = [{"selector": {"skus": ["COFFEE"]}}, {"selector": {"categories": ["rolls"]}, "quantity": 2}]


def outcome(bought: list[dict[str, Any]], **fields: Any) -> tuple[int, list[tuple[str, int, str]]]:
    """What the rule takes off, and what it misses."""
    if not {"fixed_price", "percent_off", "amount_off"} & set(fields):
        fields["fixed_price"] = 1500
    evaluation = evaluated([rule("bundle", **({"parts": BREAKFAST} | fields))], basket(*bought))
    return evaluation.totals.discount, [miss[1:] for miss in missed(evaluation)]


def breakfast(coffees: int, rolls: int, cheese: int = 0, coffee: int = 1000) -> list[dict[str, Any]]:
    counts = (("COFFEE", coffees, coffee, []), ("ROLL", rolls, 400, ["rolls"]), ("CHEESE", cheese, 600, ["rolls"]))
    return [line(sku, number, price, categories=each) for sku, number, price, each in counts if number]


def short_by(units: int) -> list[tuple[str, int, str]]:
    return [("bundle", units, "units")]


@pytest.mark.parametrize(
    ("bought", "fields", "off", "misses"),
    [
        pytest.param(breakfast(1, 1), {}, 0, short_by(1), id="a roll is missing"),
        pytest.param(breakfast(1, 0), {}, 0, short_by(2), id="both rolls are missing"),
        pytest.param(breakfast(1, 2), {}, 300, [], id="one"),
        pytest.param(breakfast(1, 2, 1), {}, 500, [], id="with the dearer roll"),
        pytest.param(breakfast(2, 3), {}, 300, short_by(1), id="the second is offered"),
        pytest.param(breakfast(3, 2), {}, 300, [], id="two rolls short of a second: nothing is said"),
        pytest.param(breakfast(2, 4), {}, 600, [], id="two"),
        pytest.param(breakfast(2, 4), {"sets_max": 1}, 300, [], id="once"),
        pytest.param(breakfast(2, 4), {"sets_max": 2}, 600, [], id="at most twice"),
        pytest.param(breakfast(1, 2), {"percent_off": 10}, 180, [], id="10 % less"),
        pytest.param(breakfast(1, 2), {"percent_off": 100}, 1800, [], id="all of it free"),
        pytest.param(breakfast(2, 4), {"amount_off": 200}, 400, [], id="2.00 less each"),
        pytest.param(breakfast(1, 2), {"amount_off": 9000}, 1800, [], id="never below zero"),
        pytest.param(breakfast(1, 2, coffee=700), {}, 0, [("fixed_price", 0, "none")], id="not cheaper together"),
        pytest.param([line("TEA", 1, 900)], {}, 0, short_by(3), id="nothing of it"),
    ],
)
def test_breakfast(
    bought: list[dict[str, Any]], fields: dict[str, Any], off: int, misses: list[tuple[str, int, str]]
) -> None:
    assert outcome(bought, **fields) == (off, misses)
    assert outcome(bought[::-1], **fields) == (off, misses)


def test_the_pieces_are_in_proportion_and_add_up() -> None:
    effect = only(evaluated([rule("bundle", parts=BREAKFAST, fixed_price=1500)], basket(*breakfast(1, 2))))
    assert [(piece.line, piece.quantity, piece.amount) for piece in effect.pieces] == [(0, 1, 167), (1, 2, 133)]


def test_a_second_bundle_is_not_made_when_it_would_cost_more() -> None:
    bought = [line("COFFEE", 1, 2000), line("COFFEE", 1, 300), line("ROLL", 4, 400, categories=["rolls"])]
    assert outcome(bought)[0] == 1300


def test_a_unit_is_one_part_of_one_bundle() -> None:
    parts = [{"selector": {"skus": ["A", "B"]}}, {"selector": {"skus": ["B", "C"]}}]
    both = line("B", 1, 500)
    assert outcome([both], parts=parts, percent_off=50) == (0, short_by(1))
    assert outcome([both, line("A", 1, 500)], parts=parts, percent_off=50)[0] == 500
    assert outcome([both, line("C", 1, 500)], parts=parts, percent_off=50)[0] == 500


def test_bundled_units_serve_no_other_rule() -> None:
    rules = [rule("bundle", id=name, parts=BREAKFAST, percent_off=10) for name in "ab"]
    evaluation = evaluated(rules, basket(*breakfast(1, 2)))
    assert only(evaluation).rule == "a"
    assert missed(evaluation) == [("b", "bundle", 3, "units")]


def test_units_that_serve_a_set_are_not_bundled() -> None:
    rules = [rule("bundle", parts=BREAKFAST, percent_off=10), rule("buy_x_get_y", selector={"categories": ["rolls"]})]
    effects = evaluated(rules, basket(*breakfast(1, 5))).effects
    assert [(effect.rule, effect.amount) for effect in effects] == [("buy_x_get_y", 400), ("bundle", 180)]  # type: ignore[union-attr]


def test_a_discount_is_taken_of_what_the_bundle_left() -> None:
    rules = [rule("discount", percent_off=10), rule("bundle", parts=BREAKFAST, fixed_price=1500)]
    assert evaluated(rules, basket(*breakfast(1, 2))).totals.due == 1350


def test_units_of_a_bundle_given_away_count_towards_nothing() -> None:
    rules = [
        rule("bundle", parts=BREAKFAST, percent_off=100),
        rule("stamp_card", card="c", stamps_needed=5, reward={"kind": "free_item", "name": NAME}),
    ]
    _, stamp = evaluated(rules, basket(*breakfast(1, 3))).effects
    assert stamp.stamps == 1  # type: ignore[union-attr]


def best_by_brute_force(units: list[tuple[int, frozenset[int]]], needed: list[int], price: int) -> int:
    """The most that bundles for a fixed price may take off, over every way to choose and deal out the units."""
    slots = [part for part, count in enumerate(needed) for _ in range(count)]

    def fits(chosen: tuple[tuple[int, frozenset[int]], ...], bundles: int) -> bool:
        dealt = set(permutations(slots * bundles))
        return any(all(part in unit[1] for unit, part in zip(chosen, way, strict=True)) for way in dealt)

    best = 0
    for bundles in range(1, len(units) // len(slots) + 1):
        for chosen in combinations(units, bundles * len(slots)):
            off = sum(cost for cost, _ in chosen) - bundles * price
            if off > best and fits(chosen, bundles):
                best = off
    return best


kinds = st.sampled_from([("A", {0}), ("B", {1}), ("AB", {0, 1}), ("X", set())])
bought_units = st.lists(st.tuples(kinds, st.sampled_from([100, 250, 400, 900])), min_size=1, max_size=6)


@settings(deadline=None, max_examples=60)  # a busy machine is no failure
@given(bought_units, st.sampled_from([(1, 1), (2, 1), (1, 2)]), st.sampled_from([1, 300, 700]))
def test_no_way_to_make_the_bundles_is_better(units: list[Any], needed: tuple[int, int], price: int) -> None:
    parts = [{"selector": {"categories": [f"part-{number}"]}, "quantity": count} for number, count in enumerate(needed)]
    bought = [
        line(f"{sku}{number}", 1, cost, categories=[f"part-{part}" for part in sorted(fits)])
        for number, ((sku, fits), cost) in enumerate(units)
    ]
    known = [(cost, frozenset(fits)) for (_, fits), cost in units]
    assert outcome(bought, parts=parts, fixed_price=price)[0] == best_by_brute_force(known, list(needed), price)


@settings(deadline=None)  # a busy machine is no failure
@given(st.tuples(*[st.integers(0, 4)] * 3), st.tuples(*[st.integers(1, 3)] * 2))
def test_what_is_missing_is_what_it_takes(counts: tuple[int, int, int], needed: tuple[int, int]) -> None:
    parts = [{"selector": {"skus": ["A", "BOTH"]}, "quantity": needed[0]}]
    parts += [{"selector": {"skus": ["B", "BOTH"]}, "quantity": needed[1]}]

    def off(more: int) -> tuple[int, list[tuple[str, int, str]]]:
        lines = zip(("A", "B", "BOTH"), counts, (0, 0, more), strict=True)
        bought = [line(sku, number + extra, 100) for sku, number, extra in lines if number + extra]
        return outcome(bought or [line("X")], parts=parts, percent_off=50)

    now, misses = off(0)
    if misses:
        ((_, short, _),) = misses
        assert off(short)[0] > now
        assert off(short - 1)[0] == now


def test_many_units_take_no_longer() -> None:
    bought = [line("COFFEE", 1_000_000, 1000), line("ROLL", 1_000_000, 400, categories=["rolls"])]
    assert outcome(bought)[0] == 500_000 * 300


@pytest.mark.parametrize(
    "fields",
    [
        pytest.param({}, id="no price"),
        pytest.param({"fixed_price": 100, "percent_off": 5}, id="two prices"),
        pytest.param({"fixed_price": 0}, id="for nothing: say 100 %"),
        pytest.param({"percent_off": 5, "parts": BREAKFAST[:1]}, id="one part"),
        pytest.param({"percent_off": 5, "parts": BREAKFAST * 4}, id="too many parts"),
        pytest.param({"percent_off": 5, "sets_max": 0}, id="never"),
        pytest.param(
            {"percent_off": 5, "parts": [{"selector": {}, "quantity": 0}, *BREAKFAST]}, id="nothing of a part"
        ),
    ],
)
def test_refuses(fields: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        document(rule("bundle", **({"parts": BREAKFAST} | fields)))
