"""Why a rule did nothing, and how far off it was."""

from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Literal, NamedTuple

MissUnit = Literal[
    "money",
    "units",
    "wallet",
    "visits",
    "number",
    "kinds",
    "days",
    "weeks",
    "months",
    "quarters",
    "years",
    "none",
]


class Shortfall(NamedTuple):
    """How much was missing: minor units of money, units of an article or a wallet, visits, a plain number, different
    kinds of articles, periods in a row, or nothing countable.
    """

    short_by: int
    unit: MissUnit


UNMET = Shortfall(0, "none")
ONE_UNIT = Shortfall(1, "units")


# Truly frozen: those that are kept are shared by all baskets that miss the same.
@dataclass(frozen=True, slots=True, kw_only=True)
class Miss:
    """A rule that did nothing, or a code nobody knows. `condition` names what stood in the way.

    `instead` is the rule of its group that was applied and shut it out; `again_at` is when its limit allows it again.
    `wallet` is the wallet's unit where units of one are counted.
    """

    rule: str | None
    condition: str
    short_by: int
    unit: MissUnit
    code: str | None = None
    instead: str | None = None
    again_at: datetime | None = None
    wallet: str | None = None


@lru_cache(maxsize=10_000)
def miss_of(
    rule: str | None,
    condition: str,
    shortfall: Shortfall,
    code: str | None,
    instead: str | None,
    again_at: datetime | None,
    wallet: str | None,
) -> Miss:
    """The miss that says this. Most baskets miss the same rules for the same reasons, so those of late are kept."""
    return Miss(
        rule=rule,
        condition=condition,
        short_by=shortfall.short_by,
        unit=shortfall.unit,
        code=code,
        instead=instead,
        again_at=again_at,
        wallet=wallet,
    )
