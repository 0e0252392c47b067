"""Points and other whole units a wallet counts."""

from enum import StrEnum
from fractions import Fraction
from typing import NewType

Points = NewType("Points", int)


class Rounding(StrEnum):
    """What happens to a fraction of a unit. Halves go away from zero, or to the even neighbour."""

    DOWN = "down"
    HALF_UP = "half_up"
    HALF_EVEN = "half_even"
    UP = "up"


def rounded(exact: Fraction, rounding: Rounding = Rounding.DOWN) -> int:
    """The whole number for `exact`. `DOWN` and `UP` mean toward and away from zero."""
    if exact < 0:
        return -rounded(-exact, rounding)
    whole, rest = divmod(exact.numerator, exact.denominator)
    if rounding is Rounding.DOWN or rest == 0:
        return whole
    if rounding is Rounding.UP:
        return whole + 1
    if rounding is Rounding.HALF_EVEN:
        return round(exact)
    return whole + (2 * rest >= exact.denominator)


def whole_points(exact: Fraction, rounding: Rounding = Rounding.DOWN) -> Points:
    """Whole units from an exact number of them; fractions are dropped unless the rule says otherwise."""
    return Points(rounded(exact, rounding))
