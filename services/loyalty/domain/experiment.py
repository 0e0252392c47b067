"""Trying a rule on a share of the customers, and saying honestly whether it made a difference.

Source: docs/rules/experiments.md; B. L. Welch, The generalization of "Student's" problem, Biometrika 34 (1947).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from math import sqrt

from services.loyalty.domain.conditions import InShare
from services.loyalty.domain.rules.rule import RuleDocument

# Below so many customers in an arm the normal distribution says nothing about a mean.
CUSTOMERS_MIN = 100
TWO_SIDED_95 = 1.959964


@dataclass(frozen=True, slots=True)
class Arm:
    """The customers from one place until just before another, and the rules that are for all of them."""

    from_percent: int
    until_percent: int
    rules: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Spending:
    """What the customers of an arm spent: how many they are, the sum in minor units, and the sum of its squares."""

    customers: int
    total: int
    squares: int

    @property
    def mean(self) -> Fraction | None:
        """Minor units for each customer, those who bought nothing included; None without any."""
        return Fraction(self.total, self.customers) if self.customers else None

    @property
    def variance_of_mean(self) -> Fraction:
        """How uncertain the mean is: the sample variance by the number of customers. For two customers or more."""
        deviations = self.squares - Fraction(self.total * self.total, self.customers)
        return deviations / (self.customers - 1) / self.customers


@dataclass(frozen=True, slots=True)
class Difference:
    """How much more a customer of one arm spent than one of another, in minor units, and the 95 % interval of it.

    `distinguishable` when the interval leaves out zero.
    """

    mean: float
    low: float
    high: float

    @property
    def distinguishable(self) -> bool:
        """Whether chance alone would hardly explain it."""
        return self.low > 0 or self.high < 0


def arms_of(experiment: str, rules: Iterable[RuleDocument]) -> tuple[Arm, ...]:
    """The arms that a program's rules make of an experiment; none when no rule takes part in it."""
    shares = [
        (rule.id, condition)
        for rule in rules
        for condition in rule.conditions
        if isinstance(condition, InShare) and condition.experiment == experiment
    ]
    if not shares:
        return ()
    cuts = sorted({0, 100, *(cut for _rule, share in shares for cut in (share.from_percent, share.until_percent))})
    return tuple(
        Arm(begin, end, tuple(rule for rule, share in shares if share.from_percent <= begin < share.until_percent))
        for begin, end in pairwise(cuts)
    )


def difference(one: Spending, other: Spending) -> Difference | None:
    """How much more a customer of `one` spent than of `other`; None while either has too few customers to say."""
    if min(one.customers, other.customers) < CUSTOMERS_MIN:
        return None
    assert one.mean is not None
    assert other.mean is not None
    mean = float(one.mean - other.mean)
    margin = TWO_SIDED_95 * sqrt(one.variance_of_mean + other.variance_of_mean)
    return Difference(mean, mean - margin, mean + margin)
