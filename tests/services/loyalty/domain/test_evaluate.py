from collections import Counter
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.loyalty.domain.basket import Basket
from services.loyalty.domain.customer import CustomerFacts
from services.loyalty.domain.effects import Discount, Effect, UseVoucher
from services.loyalty.domain.evaluate import Evaluation, evaluate
from services.loyalty.domain.program import CompiledProgram
from services.loyalty.domain.refusals.purchases import CurrencyMismatch
from tests.services.loyalty.domain.any_sale import baskets, customers, programs
from tests.services.loyalty.domain.build import NOON, basket, customer, evaluated, line, program, rule


def reductions(evaluation: Evaluation) -> list[Discount | UseVoucher]:
    return [effect for effect in evaluation.effects if isinstance(effect, Discount | UseVoucher)]


def without_places(effects: tuple[Effect, ...], bought: Basket) -> list[tuple[object, Counter[object]]]:
    """The effects with each piece named by what its line says instead of where it stands."""
    return [
        (
            replace(effect, pieces=()) if isinstance(effect, Discount | UseVoucher) else effect,
            Counter(
                (bought.lines[piece.line].model_dump_json(), piece.quantity, piece.amount) for piece in effect.pieces
            )
            if isinstance(effect, Discount | UseVoucher)
            else Counter(),
        )
        for effect in effects
    ]


@settings(deadline=None)  # a busy machine is no failure
@given(programs(("largest_remainder", "first_line", "last_line")), baskets(), customers())
def test_pieces_add_up_and_no_line_goes_below_zero(
    any_program: CompiledProgram, bought: Basket, who: CustomerFacts
) -> None:
    evaluation = evaluate(any_program, bought, who, NOON)
    left = [each.total for each in bought.lines]
    for effect in reductions(evaluation):
        assert sum(piece.amount for piece in effect.pieces) == effect.amount
        for piece in effect.pieces:
            assert 0 < piece.quantity <= bought.lines[piece.line].quantity
            left[piece.line] -= piece.amount
    assert min(left) >= 0
    totals = evaluation.totals
    assert totals.due == sum(left) == totals.subtotal - totals.discount
    assert totals.subtotal == sum(each.subtotal for each in bought.lines)


@settings(deadline=None)  # a busy machine is no failure
@given(programs(), baskets(), customers(), st.randoms(use_true_random=False))
def test_the_order_of_lines_and_codes_does_not_matter(
    any_program: CompiledProgram, bought: Basket, who: CustomerFacts, random: st.DataObject
) -> None:
    one = evaluate(any_program, bought, who, NOON)
    mixed = bought.model_copy(
        update={"lines": tuple(shuffled(bought.lines, random)), "codes": tuple(shuffled(bought.codes, random))}
    )
    other = evaluate(any_program, mixed, who, NOON)
    assert without_places(one.effects, bought) == without_places(other.effects, mixed)
    assert one.totals == other.totals
    assert Counter(one.misses) == Counter(other.misses)


def shuffled(items: tuple[object, ...], random: st.DataObject) -> list[object]:
    shuffle = list(items)
    random.shuffle(shuffle)  # type: ignore[attr-defined]
    return shuffle


def test_each_family_in_its_turn_whatever_the_order_of_the_program() -> None:
    rules = [
        rule("earn", per=100),
        rule("discount", percent_off=50, priority=0),
        rule("buy_x_get_y", priority=1000),
    ]
    expected = [("buy_x_get_y", 1000), ("discount", 1000), ("earn", 10)]
    for each in (rules, rules[::-1]):
        effects = evaluated(each, basket(line(quantity=3))).effects
        assert [(effect.rule, effect.amount) for effect in effects] == expected  # type: ignore[union-attr]


def test_totals_count_the_tills_own_discount() -> None:
    totals = evaluated([rule("discount", percent_off=10)], basket(line(quantity=2, discount=500))).totals
    assert (totals.subtotal, totals.discount, totals.due) == (2000, 650, 1350)


def test_a_program_in_another_currency() -> None:
    with pytest.raises(CurrencyMismatch) as refused:
        evaluate(program(rule("earn", per=100)), basket(currency="KWD"), customer(), NOON)
    assert refused.value.params == {"basket": "KWD", "program": "SAR"}


@pytest.mark.parametrize("currency", ["JPY", "SAR", "KWD"])
def test_all_off_leaves_nothing_in_any_currency(currency: str) -> None:
    bought = basket(line("A", 3, 333), line("B", 1, 1), currency=currency)
    evaluation = evaluated([rule("discount", percent_off=100)], bought, currency=currency)
    assert evaluation.totals.due == 0


def test_a_program_without_rules_does_nothing() -> None:
    evaluation = evaluated([])
    assert (evaluation.effects, evaluation.misses, evaluation.totals.due) == ((), (), 1000)
