"""The ledger as an accountant's journal: what each day's movements of units mean in money. Source: docs/reports.md."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import NamedTuple

from kernel.points import Rounding, rounded

REVALUED = "revalued"
# The account that stands against the liability, by what moved it: the ledger's house wallet, or a new worth.
AGAINST: Mapping[str, str] = {
    "issued": "marketing_expense",
    "adjusted": "marketing_expense",
    REVALUED: "marketing_expense",
    "redeemed": "redemption",
    "expired": "breakage_income",
    "transferred": "transfers",
    "sold": "gift_card_sales",
}


class Holding(NamedTuple):
    """Units of one kind that customers hold, or gift cards."""

    unit: str
    card: bool


class Moved(NamedTuple):
    """How many more units of a kind are held after a day, by the house wallet they came from or went to."""

    day: date
    holding: Holding
    house: str
    units: int


@dataclass(frozen=True, slots=True)
class Posting:
    """One pair of journal lines: the liability grows by `money` minor units, or shrinks where it is below zero."""

    day: date
    holding: Holding
    cause: str
    units: int
    money: int


def postings(
    opening: Mapping[Holding, int],
    moved: Iterable[Moved],
    worths: Mapping[date, Mapping[Holding, Fraction]],
    before: Mapping[Holding, Fraction],
) -> Iterator[Posting]:
    """What to post for every day of `worths`, in order, so that the liability is worth what is held after each day.

    `opening` is what was held before the first day, at the worth `before`. A holding that a day knows no worth of
    counts as nothing. Where the worth changes, what is held is revalued first.
    """
    held = dict(opening)
    by_day: dict[date, list[Moved]] = {}
    for move in moved:
        by_day.setdefault(move.day, []).append(move)
    for day in sorted(worths):
        today = by_day.get(day, ())
        for holding in sorted({*held, *(move.holding for move in today)}):
            old, new = before.get(holding, Fraction(0)), worths[day].get(holding, Fraction(0))
            had = held.get(holding, 0)
            if revalued := worth(had, new) - worth(had, old):
                yield Posting(day, holding, REVALUED, 0, revalued)
            moves = sorted((move for move in today if move.holding == holding), key=lambda move: move.house)
            has = had + sum(move.units for move in moves)
            pieces = apportioned(worth(has, new) - worth(had, new), [move.units * new for move in moves])
            for move, money in zip(moves, pieces, strict=True):
                yield Posting(day, holding, move.house, move.units, money)
            held[holding] = has
        before = worths[day]


def worth(units: int, of_one: Fraction) -> int:
    """What units are worth, in minor units, halves up, as the liability report says."""
    return rounded(units * of_one, Rounding.HALF_UP)


def apportioned(whole: int, exact: list[Fraction]) -> list[int]:
    """Whole numbers that add up to `whole`, each next to its exact one: the largest remainders are rounded up."""
    pieces = [number.numerator // number.denominator for number in exact]
    by_remainder = sorted(range(len(exact)), key=lambda index: (pieces[index] - exact[index], index))
    for index in by_remainder[: whole - sum(pieces)]:
        pieces[index] += 1
    return pieces
