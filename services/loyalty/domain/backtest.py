"""What a program would have given beside what was given, counted so that parts can be added up.

Source: docs/rules/backtest.md.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from fractions import Fraction
from heapq import nlargest, nsmallest
from typing import NamedTuple

from kernel.points import rounded
from services.loyalty.domain.effects import (
    Accrue,
    Discount,
    Effect,
    ExtendMembership,
    Give,
    IssueVoucher,
    Stamp,
    UseVoucher,
)

TOP_MAX = 20
NO_RULE = "voucher"


class Worth(NamedTuple):
    """What a kind of unit is worth: so many units are so many minor units of money."""

    unit: str
    units: int
    money: int


@dataclass(slots=True)
class Given:
    """What a program gave: money off in minor units, wallet units by kind, and things by number."""

    money: int = 0
    units: dict[str, int] = field(default_factory=dict)
    stamps: int = 0
    vouchers: int = 0
    months: int = 0
    gifts: int = 0

    def add(self, effect: Effect) -> None:
        """Count an effect."""
        match effect:
            case Accrue():
                self.units[effect.unit] = self.units.get(effect.unit, 0) + effect.amount
            case Discount() | UseVoucher():
                self.money += effect.amount
            case Stamp():
                self.stamps += effect.stamps
            case IssueVoucher():
                self.vouchers += 1
            case ExtendMembership():
                self.months += effect.bonus_months
            case Give():
                self.gifts += effect.quantity

    def merge(self, other: "Given") -> None:
        """Add another part."""
        self.money += other.money
        for unit, amount in other.units.items():
            self.units[unit] = self.units.get(unit, 0) + amount
        self.stamps += other.stamps
        self.vouchers += other.vouchers
        self.months += other.months
        self.gifts += other.gifts


@dataclass(slots=True)
class RuleTally:
    """What one rule did, and to how many purchases."""

    purchases: int = 0
    given: Given = field(default_factory=Given)


@dataclass(slots=True)
class Week:
    """The purchases of a week from Monday in the shop, and what they brought."""

    purchases: int = 0
    then: Given = field(default_factory=Given)
    now: Given = field(default_factory=Given)


@dataclass(frozen=True, slots=True)
class CustomerTally:
    """What one customer was given and would be given, worth in minor units of money."""

    customer_id: str
    then: int
    now: int

    @property
    def difference(self) -> int:
        """What they would gain, or lose when below zero."""
        return self.now - self.then


@dataclass(slots=True)
class Tally:
    """A part of a backtest, or all of it.

    `touched` purchases have an effect of the draft, `changed` ones another outcome than they had. `skipped` ones are
    in another currency. `alive_*` are the units that had not died when the period ended, whatever was spent of them.
    """

    purchases: int = 0
    walk_ins: int = 0
    skipped: int = 0
    touched: int = 0
    changed: int = 0
    alive_then: Counter[str] = field(default_factory=Counter)
    alive_now: Counter[str] = field(default_factory=Counter)
    vouchers_unused: int = 0
    rules: dict[str, RuleTally] = field(default_factory=dict)
    weeks: dict[date, Week] = field(default_factory=dict)
    gaining: int = 0
    losing: int = 0
    same: int = 0
    gainers: list[CustomerTally] = field(default_factory=list)
    losers: list[CustomerTally] = field(default_factory=list)

    def merge(self, other: "Tally") -> None:
        """Add another part. The parts have no customer in common."""
        for name in ("purchases", "walk_ins", "skipped", "touched", "changed", "vouchers_unused"):
            setattr(self, name, getattr(self, name) + getattr(other, name))
        for name in ("gaining", "losing", "same"):
            setattr(self, name, getattr(self, name) + getattr(other, name))
        self.alive_then.update(other.alive_then)
        self.alive_now.update(other.alive_now)
        for rule, tally in other.rules.items():
            mine = self.rules.setdefault(rule, RuleTally())
            mine.purchases += tally.purchases
            mine.given.merge(tally.given)
        for day, week in other.weeks.items():
            own = self.weeks.setdefault(day, Week())
            own.purchases += week.purchases
            own.then.merge(week.then)
            own.now.merge(week.now)
        self.gainers = best(self.gainers + other.gainers)
        self.losers = worst(self.losers + other.losers)

    @property
    def then(self) -> Given:
        """What the purchases really brought."""
        return together(week.then for week in self.weeks.values())

    @property
    def now(self) -> Given:
        """What the draft gives."""
        return together(week.now for week in self.weeks.values())


class Counting:
    """Counts purchases into a tally, customer by customer."""

    def __init__(self, until: datetime, worths: Iterable[Worth] = ()) -> None:
        self.tally = Tally()
        self._until = until
        self._worths = {worth.unit: Fraction(worth.money, worth.units) for worth in worths}
        self._then, self._now = Given(), Given()

    def count(self, day: date, then: Iterable[Effect], effects: Iterable[Effect], *, walk_in: bool) -> None:
        """Count a purchase of that day in the shop: the effects it has, and those the draft gives it."""
        tally = self.tally
        before, after = Given(), Given()
        for effect in then:
            before.add(effect)
            count_alive(tally.alive_then, effect, self._until)
        seen: set[str] = set()
        for effect in effects:
            after.add(effect)
            count_alive(tally.alive_now, effect, self._until)
            rule: str = getattr(effect, "rule", NO_RULE)
            of_rule = tally.rules.get(rule)
            if of_rule is None:
                of_rule = tally.rules[rule] = RuleTally()
            of_rule.given.add(effect)
            of_rule.purchases += rule not in seen
            seen.add(rule)
        tally.purchases += 1
        tally.walk_ins += walk_in
        tally.touched += bool(seen)
        tally.changed += before != after
        week = self._week(day)
        week.purchases += 1
        week.then.merge(before)
        week.now.merge(after)
        if not walk_in:
            self._then.merge(before)
            self._now.merge(after)

    def _week(self, day: date) -> Week:
        monday = day - timedelta(days=day.weekday())
        if monday not in self.tally.weeks:
            self.tally.weeks[monday] = Week()
        return self.tally.weeks[monday]

    def close_customer(self, customer_id: str, vouchers_unused: int) -> None:
        """The purchases of a customer are all counted."""
        tally = self.tally
        found = CustomerTally(customer_id, self.worth(self._then), self.worth(self._now))
        tally.vouchers_unused += vouchers_unused
        tally.gaining += found.difference > 0
        tally.losing += found.difference < 0
        tally.same += found.difference == 0
        if found.difference:
            tally.gainers = best([*tally.gainers, found])
            tally.losers = worst([*tally.losers, found])
        self._then, self._now = Given(), Given()

    def worth(self, given: Given) -> int:
        """Money and units together, in minor units."""
        return given.money + self.worth_of_units(given.units)

    def worth_of_units(self, units: Mapping[str, int]) -> int:
        """What units are worth, in minor units; fractions are dropped."""
        worths = (self._worths.get(unit, Fraction(0)) * amount for unit, amount in units.items())
        return rounded(sum(worths, Fraction(0)))


def count_alive(alive: Counter[str], effect: Effect, until: datetime) -> None:
    """Count units that had not died at that moment."""
    if isinstance(effect, Accrue) and (effect.expires_at is None or effect.expires_at > until):
        alive[effect.unit] += effect.amount


def together(parts: Iterable[Given]) -> Given:
    """All parts as one."""
    whole = Given()
    for part in parts:
        whole.merge(part)
    return whole


def best(customers: Iterable[CustomerTally]) -> list[CustomerTally]:
    """Those who gain most, at most TOP_MAX."""
    gaining = [customer for customer in customers if customer.difference > 0]
    return nlargest(TOP_MAX, gaining, key=lambda customer: (customer.difference, customer.customer_id))


def worst(customers: Iterable[CustomerTally]) -> list[CustomerTally]:
    """Those who lose most, at most TOP_MAX."""
    losing = [customer for customer in customers if customer.difference < 0]
    return nsmallest(TOP_MAX, losing, key=lambda customer: (customer.difference, customer.customer_id))
