"""What outstanding units will cost, and what will never be used."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.loyalty.domain.liability import Experience, expected_breakage, in_money, shared_in_money
from tests.services.loyalty.domain.build import document


@pytest.mark.parametrize(
    ("experience", "expected"),
    [
        pytest.param(Experience(3, 100, 200, 800), 200, id="a fifth dies"),
        pytest.param(Experience(3, 100, 1, 2), 333, id="rounded down"),
        pytest.param(Experience(3, 100, 0, 10), 0, id="nothing ever died"),
        pytest.param(Experience(2, 100, 200, 800), None, id="too few months"),
        pytest.param(Experience(3, 99, 200, 800), None, id="too few lots"),
        pytest.param(Experience(3, 100, 0, 0), None, id="nothing was spent and nothing died"),
    ],
)
def test_what_will_die_of_a_thousand(experience: Experience, expected: int | None) -> None:
    assert expected_breakage(experience, 1000) == expected


@given(st.lists(st.integers(0, 10**9), min_size=1), st.fractions(0, 10, max_denominator=1000))
def test_parts_are_worth_together_what_the_whole_is(parts: list[int], worth: Fraction) -> None:
    pieces = [piece or 0 for piece in shared_in_money(parts, worth)]
    assert sum(pieces) == in_money(sum(parts), worth)
    # Half a minor unit from rounding the whole, and less than one from sharing it.
    assert all(abs(piece - part * worth) < Fraction(3, 2) for piece, part in zip(pieces, parts, strict=True))


def test_what_nothing_says_the_worth_of_is_worth_nothing_known() -> None:
    assert in_money(10, None) is None
    assert shared_in_money([1, 2], None) == [None, None]


def test_the_worth_of_a_unit() -> None:
    """Money is worth itself; else what is said; else what points pay."""
    terms = document(
        pay_with_points={"points": 100, "worth": 500},
        further_units=[{"unit": "miles", "worth": {"units": 3, "money": 10}}, {"unit": "stars"}, {"unit": "SAR"}],
    )
    units = ("points", "miles", "stars", "SAR")
    assert [terms.worth_of(unit) for unit in units] == [Fraction(5), Fraction(10, 3), None, Fraction(1)]
    said = document(pay_with_points={"points": 100, "worth": 500}, worth={"units": 100, "money": 400})
    assert said.worth_of("points") == Fraction(4)
