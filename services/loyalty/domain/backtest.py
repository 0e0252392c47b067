"""What a program would have given beside what was given, counted so that parts can be added up.

Source: docs/rules/backtest.md.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from fractions import Fraction
from heapq import nlargest, nsmallest
from typing import Any, NamedTuple

from kernel.points import rounded
from services.loyalty.domain.effects import Effect, effects_as_json

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
    units: Counter[str] = field(default_factory=Counter)
    stamps: int = 0
    vouchers: int = 0
    months: int = 0
    gifts: int = 0

    def add(self, effect: Mapping[str, Any]) -> None:
        """Count an effect, as it is stored."""
        kind = effect["kind"]
        if kind == "accrue":
            self.units[effect["unit"]] += effect["amount"]
        elif "pieces" in effect:
            self.money += effect["amount"]
        elif kind == "stamp":
            self.stamps += effect["stamps"]
        elif kind == "issue_voucher":
            self.vouchers += 1
        elif kind == "extend_membership":
            self.months += effect["bonus_months"]
        elif kind == "give":
            self.gifts += effect["quantity"]

    def merge(self, other: "Given") -> None:
        """Add another part."""
        self.money += other.money
        self.units.update(other.units)
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
    """A part of a backtest, or all of it. `then` is what the purchases really brought, `now` what the draft gives.

    `touched` purchases have an effect of the draft, `changed` ones another outcome than they had. `skipped` ones are
    in another currency. `alive_*` are the units that had not died when the period ended, whatever was spent of them.
    """

    purchases: int = 0
    walk_ins: int = 0
    skipped: int = 0
    touched: int = 0
    changed: int = 0
    then: Given = field(default_factory=Given)
    now: Given = field(default_factory=Given)
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
        self.then.merge(other.then)
        self.now.merge(other.now)
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


class Counting:
    """Counts purchases into a tally, customer by customer."""

    def __init__(self, until: datetime, worths: Iterable[Worth] = ()) -> None:
        self.tally = Tally()
        self._until = until
        self._worths = {worth.unit: Fraction(worth.money, worth.units) for worth in worths}
        self._then, self._now = Given(), Given()

    def count(self, day: date, then: Iterable[Mapping[str, Any]], effects: Iterable[Effect], *, walk_in: bool) -> None:
        """Count a purchase of that day in the shop: the effects it has, as stored, and those the draft gives it."""
        tally = self.tally
        before, after = Given(), Given()
        for stored in then:
            before.add(stored)
            count_alive(tally.alive_then, stored, self._until)
        seen: set[str] = set()
        for effect in effects_as_json(effects):
            after.add(effect)
            count_alive(tally.alive_now, effect, self._until)
            rule = effect.get("rule", NO_RULE)
            of_rule = tally.rules.setdefault(rule, RuleTally())
            of_rule.given.add(effect)
            of_rule.purchases += rule not in seen
            seen.add(rule)
        tally.purchases += 1
        tally.walk_ins += walk_in
        tally.touched += bool(seen)
        tally.changed += before != after
        week = tally.weeks.setdefault(day - timedelta(days=day.weekday()), Week())
        week.purchases += 1
        for part, whole, customer, weekly in (
            (before, tally.then, self._then, week.then),
            (after, tally.now, self._now, week.now),
        ):
            whole.merge(part)
            weekly.merge(part)
            if not walk_in:
                customer.merge(part)

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


def count_alive(alive: Counter[str], effect: Mapping[str, Any], until: datetime) -> None:
    """Count units that had not died at that moment."""
    if effect["kind"] == "accrue":
        dies = effect["expires_at"]
        if dies is None or datetime.fromisoformat(dies) > until:
            alive[effect["unit"]] += effect["amount"]


def best(customers: Iterable[CustomerTally]) -> list[CustomerTally]:
    """Those who gain most, at most TOP_MAX."""
    gaining = [customer for customer in customers if customer.difference > 0]
    return nlargest(TOP_MAX, gaining, key=lambda customer: (customer.difference, customer.customer_id))


def worst(customers: Iterable[CustomerTally]) -> list[CustomerTally]:
    """Those who lose most, at most TOP_MAX."""
    losing = [customer for customer in customers if customer.difference < 0]
    return nsmallest(TOP_MAX, losing, key=lambda customer: (customer.difference, customer.customer_id))
