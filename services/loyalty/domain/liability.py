"""What outstanding units will cost, and how many of them will never be used. Source: docs/reports.md."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from kernel.money import shared
from kernel.points import Rounding, rounded

# Below this a share of units that died says nothing yet.
MONTHS_MIN, LOTS_MIN = 3, 100
# The days at which one age ends and the next begins.
AGES = (30, 90, 180, 365)
RATE_DIGITS = 4


@dataclass(frozen=True, slots=True)
class Experience:
    """Units of the months of earning of which nothing can be spent any more: how many died, how many were spent."""

    months: int
    lots: int
    expired: int
    burnt: int

    @property
    def rate(self) -> Fraction | None:
        """The part of units that die unused; none while too little is known."""
        used = self.expired + self.burnt
        if self.months < MONTHS_MIN or self.lots < LOTS_MIN or not used:
            return None
        return Fraction(self.expired, used)


NO_EXPERIENCE = Experience(0, 0, 0, 0)


def expected_breakage(experience: Experience, units_with_an_end: int) -> int | None:
    """Of so many outstanding units that can die, those that will; none while too little is known. Rounded down."""
    rate = experience.rate
    return None if rate is None else rounded(rate * units_with_an_end)


def in_money(units: int, worth: Fraction | None) -> int | None:
    """What units are worth, in minor units, halves up; none when their worth is not known."""
    return None if worth is None else rounded(units * worth, Rounding.HALF_UP)


def shared_in_money(parts: Sequence[int], worth: Fraction | None) -> list[int | None]:
    """What parts are worth that are not below zero: together exactly what all of them are worth."""
    whole = in_money(sum(parts), worth)
    return [None] * len(parts) if whole is None else list(shared(whole, list(parts)))
