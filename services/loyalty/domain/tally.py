"""What rules gave so far, as far as their limits ask. Source: docs/rules/limits.md."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import NamedTuple
from zoneinfo import ZoneInfo

from services.loyalty.domain.coupon import CouponFacts
from services.loyalty.domain.effects import (
    Accrue,
    Advance,
    Discount,
    Effect,
    EnterDraw,
    ExtendMembership,
    Give,
    GivePlays,
    Stamp,
)
from services.loyalty.domain.limit import Each, Measure, Per
from services.loyalty.domain.period import earlier_start, period_start

# Where everything since the beginning is counted.
EVER = date(1970, 1, 1)


class Tally(NamedTuple):
    """One thing that is counted of a rule: what, in each of which periods, and for each of whom."""

    rule: str
    of: Measure
    per: Per
    each: Each
    # So many periods ago: what was counted then is asked for, and not counted on.
    ago: int = 0

    @property
    def label(self) -> str:
        """Its name among the others of a program."""
        now = "/".join(self[:4])
        return f"{now}/{self.ago}" if self.ago else now

    def period_at(self, day: date) -> date:
        """The first day of the period that is asked for on that day; EVER where all time is one."""
        if self.per == "ever" or self.per == "sale":
            return EVER
        return earlier_start(self.per, day, self.ago) if self.ago else period_start(self.per, day)

    def holder(self, customer_id: str | None, store_id: str) -> str | None:
        """For whom it counts a sale: the customer, the store, or everyone; None when a walk-in counts for nobody."""
        return {"customer": customer_id, "store": store_id, "everyone": ""}[self.each]


@dataclass(frozen=True, slots=True, kw_only=True)
class Used:
    """What the rules with limits had given just before a sale. A return is worked out from the same.

    `amounts` goes by a tally's label, for the sale's own customer, store and periods; `last` is when the customer
    last used each rule that has a cool-down. `coupons` are those the basket shows, with what is left of them.
    """

    amounts: Mapping[str, int] = field(default_factory=dict)
    last: Mapping[str, datetime] = field(default_factory=dict)
    coupons: tuple[CouponFacts, ...] = ()


NOTHING_USED = Used()


class Memory:
    """What the rules of a program gave one customer, kept from sale to sale; what customers share is not."""

    def __init__(self, tallies: Iterable[Tally], zone: ZoneInfo) -> None:
        self._tallies = [tally for tally in tallies if tally.each == "customer"]
        self._zone = zone
        self._amounts: Counter[tuple[tuple[str, ...], date]] = Counter()
        self._last: dict[str, datetime] = {}

    def used(self, at: datetime) -> Used:
        """What the rules are told for a sale at that moment."""
        if not self._tallies:
            return NOTHING_USED
        today = at.astimezone(self._zone).date()
        amounts = {tally.label: self._amounts[tally[:4], tally.period_at(today)] for tally in self._tallies}
        return Used(amounts=amounts, last=dict(self._last))

    def count(self, effects: Iterable[Effect], at: datetime) -> None:
        """Remember what was given in a sale at that moment."""
        if not self._tallies:
            return
        today, given = at.astimezone(self._zone).date(), given_by(effects)
        for tally in self._tallies:
            if tally.rule in given and not tally.ago:
                self._amounts[tally[:4], tally.period_at(today)] += given[tally.rule].of(tally.of)
                self._last[tally.rule] = max(at, self._last.get(tally.rule, at))


class Given(NamedTuple):
    """What a rule gave in one sale."""

    uses: int = 0
    units: int = 0
    money: int = 0

    def of(self, measure: Measure) -> int:
        """One of the measures."""
        return int(getattr(self, measure))

    def less(self, other: "Given") -> "Given":
        """What is more or less in this one."""
        return Given(self.uses - other.uses, self.units - other.units, self.money - other.money)


NOTHING_GIVEN = Given()


def given_by(effects: Iterable[Effect]) -> dict[str, Given]:
    """What each rule gave with these effects of one sale. A challenge's counters count by their own names."""
    given: dict[str, Given] = {}
    for effect in effects:
        if isinstance(effect, Advance):
            # A step is no use of the rule: that is reaching its goal.
            given.update({step.counter: Given(1, step.amount) for step in effect.steps})
            continue
        rule: str | None = getattr(effect, "rule", None)
        if rule is not None:
            before = given.get(rule, NOTHING_GIVEN)
            given[rule] = Given(1, before.units + units_of(effect), before.money + money_of(effect))
    return given


def units_of(effect: Effect) -> int:
    """The units an effect gives: of a wallet, articles, stamps, entries, plays, or months that were not paid for."""
    match effect:
        case Accrue():
            return effect.amount
        case Give():
            return effect.quantity
        case Stamp():
            return effect.stamps
        case EnterDraw():
            return effect.entries
        case GivePlays():
            return effect.plays
        case ExtendMembership():
            return effect.bonus_months
        case Discount():
            return sum([piece.quantity for piece in effect.pieces])
    return 0


def money_of(effect: Effect) -> int:
    """The money an effect takes off, in minor units."""
    return effect.amount if isinstance(effect, Discount) else 0
