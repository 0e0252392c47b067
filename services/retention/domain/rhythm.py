"""How often a customer comes. Source: docs/retention.md, "Rhythm"."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import pairwise

VISITS_MIN = 3
GAPS_MAX = 12
# The last gap, and as many before it: enough to know the rhythm now and as it was before the last visit.
LATEST_MAX = GAPS_MAX + 2


@dataclass(frozen=True, slots=True)
class Rhythm:
    """A customer's visits in local days; several receipts of one day are one visit.

    gap         their own median gap, in days, over the latest twelve; None below three visits
    gap_last    days from the visit before to the last one
    gap_before  their own median gap as it was before the last visit; None when that made fewer than three
    """

    visits: int
    first_on: date
    last_on: date
    gap: Decimal | None
    gap_last: int | None
    gap_before: Decimal | None


def rhythm_of(visits: int, first_on: date, latest: Sequence[date]) -> Rhythm:
    """The rhythm of a customer with that many visits, from their latest `LATEST_MAX` days, newest first."""
    gaps = [(later - earlier).days for later, earlier in pairwise(latest)]
    return Rhythm(
        visits=visits,
        first_on=first_on,
        last_on=latest[0],
        gap=median(gaps[:GAPS_MAX]) if visits >= VISITS_MIN else None,
        gap_last=gaps[0] if gaps else None,
        gap_before=median(gaps[1 : GAPS_MAX + 1]) if visits > VISITS_MIN else None,
    )


@dataclass(frozen=True, slots=True)
class VisitDays:
    """As much of a customer's visits as a rhythm needs: how many there are, the first, and the latest, newest first."""

    visits: int
    first_on: date
    latest: tuple[date, ...]

    @property
    def rhythm(self) -> Rhythm:
        """The rhythm they make."""
        return rhythm_of(self.visits, self.first_on, self.latest)


def with_day(known: VisitDays | None, day: date) -> VisitDays | None:
    """The same with a visit on that day; None when only all the visits can tell whether the day is a new one."""
    if known is None:
        return VisitDays(1, day, (day,))
    if day in known.latest:
        return known
    if day < known.latest[-1] and known.visits > len(known.latest):
        return None
    latest = sorted((*known.latest, day), reverse=True)[:LATEST_MAX]
    return VisitDays(known.visits + 1, min(known.first_on, day), tuple(latest))


def gap_text(gap: Decimal) -> str:
    """A gap in figures: "7", "7.5"."""
    return f"{gap.normalize():f}"


def median(gaps: Sequence[int]) -> Decimal:
    """The middle one, or the mean of the two in the middle: whole or half days, exactly."""
    in_order = sorted(gaps)
    middle = len(in_order) // 2
    if len(in_order) % 2:
        return Decimal(in_order[middle])
    return Decimal(in_order[middle - 1] + in_order[middle]) / 2


def usual_gap(customers_by_gap: Mapping[Decimal, int]) -> Decimal | None:
    """The gap of the customer in the middle (the lower one of two), each counted once; None when nobody has one."""
    total, passed = sum(customers_by_gap.values()), 0
    for gap in sorted(customers_by_gap):
        passed += customers_by_gap[gap]
        if 2 * passed >= total:
            return gap
    return None
