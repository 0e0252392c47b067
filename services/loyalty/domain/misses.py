"""Why a rule did nothing, and how far off it was."""

from dataclasses import dataclass
from datetime import datetime
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
