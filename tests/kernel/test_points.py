from decimal import ROUND_DOWN, ROUND_HALF_EVEN, ROUND_HALF_UP, ROUND_UP, Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kernel.points import Rounding, rounded, whole_points

DECIMAL_ROUNDINGS = {
    Rounding.DOWN: ROUND_DOWN,
    Rounding.HALF_UP: ROUND_HALF_UP,
    Rounding.HALF_EVEN: ROUND_HALF_EVEN,
    Rounding.UP: ROUND_UP,
}


@pytest.mark.parametrize(
    ("exact", "down", "half_up", "half_even", "up"),
    [
        ("0", 0, 0, 0, 0),
        ("3", 3, 3, 3, 3),
        ("5/2", 2, 3, 2, 3),
        ("7/2", 3, 4, 4, 4),
        ("1/3", 0, 0, 0, 1),
        ("2/3", 0, 1, 1, 1),
        ("-5/2", -2, -3, -2, -3),
        ("-1/3", 0, 0, 0, -1),
        ("249999999999999999999/100000000000000000000", 2, 2, 2, 3),
    ],
)
def test_rounded(exact: str, down: int, half_up: int, half_even: int, up: int) -> None:
    number = Fraction(exact)
    assert [rounded(number, rounding) for rounding in Rounding] == [down, half_up, half_even, up]


@given(st.integers(-(10**18), 10**18), st.sampled_from(Rounding))
def test_it_agrees_with_decimal_arithmetic(thousandths: int, rounding: Rounding) -> None:
    decimal = Decimal(thousandths).scaleb(-3).quantize(Decimal(1), DECIMAL_ROUNDINGS[rounding])
    assert rounded(Fraction(thousandths, 1000), rounding) == int(decimal)


def test_fractions_are_dropped_unless_the_rule_says_otherwise() -> None:
    assert whole_points(Fraction(29, 10)) == 2
    assert whole_points(Fraction(29, 10), Rounding.UP) == 3
