"""Journal lines: they balance, add up to what the liability report says, and one period goes on where another ended."""

from collections import Counter
from datetime import date, timedelta
from fractions import Fraction
from itertools import accumulate

from hypothesis import given
from hypothesis import strategies as st

from services.loyalty.domain.journal import AGAINST, REVALUED, Holding, Moved, Posting, apportioned, postings, worth

POINTS, CARDS = Holding("points", card=False), Holding("SAR", card=True)
FIRST = date(2036, 3, 1)
HOUSES = sorted(AGAINST.keys() - {REVALUED})
A_THIRD = Fraction(10, 3)

units = st.integers(-500, 500)
worths = st.sampled_from([Fraction(1), A_THIRD, Fraction(1, 7), Fraction(0), Fraction(499, 1000)])
days = st.lists(
    st.tuples(worths, st.dictionaries(st.tuples(st.sampled_from([POINTS, CARDS]), st.sampled_from(HOUSES)), units)),
    min_size=1,
    max_size=8,
)


def day(number: int) -> date:
    return FIRST + timedelta(days=number)


@given(days, st.integers(-1000, 1000), worths, st.integers(0, 8))
def test_the_liability_after_each_day_is_worth_what_is_held(
    told: list[tuple[Fraction, dict[tuple[Holding, str], int]]], opening: int, before: Fraction, cut: int
) -> None:
    """Whatever moves and however the worth changes; and a period cut in two posts what the whole does."""
    moved = [
        Moved(day(number), holding, house, amount)
        for number, (_worth, moves) in enumerate(told)
        for (holding, house), amount in moves.items()
    ]
    valued = {day(number): {POINTS: each, CARDS: Fraction(1)} for number, (each, _moves) in enumerate(told)}
    first = {POINTS: before, CARDS: Fraction(1)}
    posted = list(postings({POINTS: opening}, moved, valued, first))
    held, liability = Counter({POINTS: opening}), Counter({POINTS: worth(opening, before)})
    for number in range(len(told)):
        today = day(number)
        held.update({move.holding: 0 for move in moved if move.day == today})
        for move in moved:
            held[move.holding] += move.units if move.day == today else 0
        for posting in posted:
            liability[posting.holding] += posting.money if posting.day == today else 0
        assert all(liability[holding] == worth(held[holding], valued[today][holding]) for holding in held)
    middle = day(min(cut, len(told)))
    early = {then: value for then, value in valued.items() if then < middle}
    late = {then: value for then, value in valued.items() if then >= middle}
    between = Counter({POINTS: opening})
    for move in moved:
        between[move.holding] += move.units if move.day < middle else 0
    halves = [
        *postings({POINTS: opening}, [move for move in moved if move.day < middle], early, first),
        *postings(between, [move for move in moved if move.day >= middle], late, list(early.values() or [first])[-1]),
    ]
    assert halves == posted


@given(st.lists(st.fractions(-1000, 1000, max_denominator=50)), st.integers(0, 1))
def test_pieces_are_next_to_what_they_are_exactly(exact: list[Fraction], up: int) -> None:
    total = sum(exact, Fraction(0))
    whole = -(-total.numerator // total.denominator) if up else total.numerator // total.denominator
    pieces = apportioned(whole, exact)
    assert sum(pieces) == whole
    assert all(abs(piece - number) < 1 for piece, number in zip(pieces, exact, strict=True))


def test_the_odd_cent_goes_to_the_largest_remainder() -> None:
    moved = [Moved(FIRST, POINTS, "issued", 10), Moved(FIRST, POINTS, "redeemed", -5)]
    assert list(postings({}, moved, {FIRST: {POINTS: A_THIRD}}, {})) == [
        Posting(FIRST, POINTS, "issued", 10, 34),
        Posting(FIRST, POINTS, "redeemed", -5, -17),
    ]


def test_a_new_worth_is_a_line_of_its_own() -> None:
    valued = {day(number): {POINTS: each} for number, each in enumerate(accumulate([Fraction(1), Fraction(1)]))}
    moved = [Moved(FIRST, POINTS, "issued", 100)]
    assert [(posting.day, posting.cause, posting.money) for posting in postings({}, moved, valued, {})] == [
        (FIRST, "issued", 100),
        (day(1), REVALUED, 100),
    ]
