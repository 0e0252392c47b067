"""The figures of a period, from what was counted in it. Source: docs/retention.md, "Figures"."""

from dataclasses import dataclass

from services.retention.domain.ratio import Ratio


@dataclass(frozen=True, slots=True)
class Counts:
    """Customers, counted once each, and the days on which they came.

    at_start    came in the stretch of the same length before the period
    kept        of those, came in the period too
    first_time  came in the period, and never before it
    returned    came in the period and before, but not in the stretch just before it
    repeating   came on two days of the period or more
    gaps        between their days in the period, counted: a customer with n days has n - 1
    gap_days    those gaps added up
    """

    at_start: int
    kept: int
    first_time: int
    returned: int
    repeating: int
    gaps: int
    gap_days: int


def customers_active(counts: Counts) -> int:
    """E: who came in the period."""
    return counts.kept + customers_new(counts)


def customers_new(counts: Counts) -> int:
    """N: who came in the period and was no customer at its start."""
    return counts.first_time + counts.returned


def retention_rate(counts: Counts) -> Ratio:
    """(E - N) / S: how many of the customers at the start were kept. Never above one."""
    return Ratio(customers_active(counts) - customers_new(counts), counts.at_start)


def churn_rate(counts: Counts) -> Ratio:
    """1 - (E - N) / S: how many of the customers at the start did not come."""
    kept = retention_rate(counts)
    return Ratio(kept.denominator - kept.numerator, kept.denominator)


def repeat_rate(counts: Counts) -> Ratio:
    """Of the customers who came, how many came on more than one day."""
    return Ratio(counts.repeating, customers_active(counts))


def gap_average(counts: Counts) -> Ratio:
    """Days from one visit to the next, on average over all gaps in the period."""
    return Ratio(counts.gap_days, counts.gaps)
