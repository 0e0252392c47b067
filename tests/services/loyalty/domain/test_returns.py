"""Any sequence of partial returns ends where buying the final basket once would have ended."""

from collections import Counter
from collections.abc import Hashable

from hypothesis import given, settings
from hypothesis import strategies as st

from services.loyalty.domain.basket import Basket
from services.loyalty.domain.customer import CustomerFacts
from services.loyalty.domain.difference import Difference, difference
from services.loyalty.domain.effects import Effect
from services.loyalty.domain.evaluate import evaluate
from services.loyalty.domain.program import CompiledProgram
from services.loyalty.domain.remaining import remaining_basket
from tests.services.loyalty.domain.any_sale import baskets, customers, programs
from tests.services.loyalty.domain.build import NOON

Books = Counter[Hashable]


def post(books: Books, change: Difference) -> None:
    """Keep the books as loyalty would."""
    books["discount"] += change.discount
    for units in change.units:
        books["units", units[:4]] += units.amount
    for stamps in change.stamps:
        books["stamps", stamps.card] += stamps.stamps
    for membership in change.memberships:
        books["paid", membership.plan] += membership.paid_months
        books["bonus", membership.plan] += membership.bonus_months
    for gift in change.gifts:
        books["gift", gift.sku] += gift.quantity
    for code in change.vouchers_used:
        books["voucher", code] += 1
    for code in change.vouchers_freed:
        books["voucher", code] -= 1


def bought_once(program: CompiledProgram, kept: Basket, who: CustomerFacts) -> Books:
    """The books of a sale of only what was kept, as a till would have sent it."""
    books: Books = Counter()
    lines = [line.model_dump() for line in kept.lines if line.quantity]
    if lines:
        sold = Basket.model_validate(kept.model_dump() | {"lines": lines})
        post(books, difference((), evaluate(program, sold, who, NOON).effects))
    return books


@settings(deadline=None)  # a busy machine is no failure
@given(programs(), baskets(), customers(), st.data())
def test_returns_in_any_steps(program: CompiledProgram, sold: Basket, who: CustomerFacts, data: st.DataObject) -> None:
    books: Books = Counter()
    effects: tuple[Effect, ...] = ()
    returned: Counter[int] = Counter()
    for _ in range(data.draw(st.integers(1, 4), label="returns") + 1):
        kept = remaining_basket(sold, returned)
        now = evaluate(program, kept, who, NOON).effects
        post(books, difference(effects, now))
        effects = now
        assert +books == +bought_once(program, kept, who)
        assert not -books, "nothing is owed that was never given"
        for place, line in enumerate(kept.lines):
            returned[place] += data.draw(st.integers(0, line.quantity), label=f"of line {place}")


@settings(deadline=None)  # a busy machine is no failure
@given(programs(), st.lists(baskets(), min_size=1, max_size=3), customers(), st.data())
def test_edits_and_returns_in_any_steps(
    program: CompiledProgram, corrected: list[Basket], who: CustomerFacts, data: st.DataObject
) -> None:
    """Each basket takes the place of the one before it, and some of it comes back."""
    books: Books = Counter()
    effects: tuple[Effect, ...] = ()
    for sold in corrected:
        gone = {place: data.draw(st.integers(0, line.quantity)) for place, line in enumerate(sold.lines)}
        for returned in ({}, gone):
            kept = remaining_basket(sold, returned)
            now = evaluate(program, kept, who, NOON).effects
            post(books, difference(effects, now))
            effects = now
            assert +books == +bought_once(program, kept, who)
            assert not -books, "nothing is owed that was never given"


@settings(deadline=None)  # a busy machine is no failure
@given(programs(), baskets(), customers())
def test_returning_everything_leaves_nothing(program: CompiledProgram, sold: Basket, who: CustomerFacts) -> None:
    everything = {place: line.quantity for place, line in enumerate(sold.lines)}
    evaluation = evaluate(program, remaining_basket(sold, everything), who, NOON)
    assert (evaluation.effects, evaluation.totals.due) == ((), 0)
