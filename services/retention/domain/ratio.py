"""A ratio that keeps both its numbers, and has no value without a basis."""

from dataclasses import dataclass
from fractions import Fraction

from kernel.points import Rounding, rounded


@dataclass(frozen=True, slots=True)
class Ratio:
    """`numerator` / `denominator`, both counted. A denominator of zero means: nothing to judge by."""

    numerator: int
    denominator: int

    @property
    def exact(self) -> Fraction | None:
        """The value, or None without a basis: a score nobody gave is not zero."""
        return Fraction(self.numerator, self.denominator) if self.denominator else None

    @property
    def percent(self) -> str | None:
        """Like "83.33"."""
        return None if self.exact is None else two_decimals(self.exact * 100)

    @property
    def decimal(self) -> str | None:
        """Like "7.50"."""
        return None if self.exact is None else two_decimals(self.exact)


def two_decimals(exact: Fraction) -> str:
    """A number that is not negative, with two decimals, halves upwards."""
    whole, hundredths = divmod(rounded(exact * 100, Rounding.HALF_UP), 100)
    return f"{whole}.{hundredths:02d}"
