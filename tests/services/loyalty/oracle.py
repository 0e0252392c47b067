"""What wallets must come to, worked out anew from the pages alone: expiry, burn order, clawback, rewards, wallets.

It shares no code with the service. It knows no transactions, entries, draws or jobs: a wallet has lots and debts, and a
clock says what is dead. Days are found by walking through them, and midnights by asking the clock of the zone.
Source: docs/rules/expiry.md, docs/rules/burn-order.md, docs/rules/clawback.md, docs/wallets.md.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from itertools import count
from typing import Any
from zoneinfo import ZoneInfo

A_DAY = timedelta(days=1)
A_WEEK = timedelta(days=7)
AGES_AWAY = datetime(9000, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Calendar:
    """The days of a zone."""

    zone: ZoneInfo

    def day_of(self, at: datetime) -> date:
        return at.astimezone(self.zone).date()

    def midnight_after(self, day: date) -> datetime:
        """The first second of which the zone's clocks say a later day."""
        around = datetime(day.year, day.month, day.day, tzinfo=UTC)
        low, high = int((around - 2 * A_DAY).timestamp()), int((around + 3 * A_DAY).timestamp())
        while high - low > 1:
            middle = (low + high) // 2
            if self.day_of(datetime.fromtimestamp(middle, UTC)) > day:
                high = middle
            else:
                low = middle
        return datetime.fromtimestamp(high, UTC)

    def days_on(self, at: datetime, days: int) -> datetime:
        """When the zone's clocks first show the same time so many days later."""
        wanted = at.astimezone(self.zone).replace(tzinfo=None) + timedelta(days=days)
        guesses = [wanted.replace(tzinfo=UTC) - offset for offset in self._offsets_around(wanted)]
        right = [guess for guess in guesses if guess.astimezone(self.zone).replace(tzinfo=None) == wanted]
        return min(right, default=guesses[0])

    def _offsets_around(self, wanted: datetime) -> list[timedelta]:
        at = wanted.replace(tzinfo=UTC)
        moments = (at - A_DAY, at + A_DAY)
        return [moment.astimezone(self.zone).utcoffset() or timedelta() for moment in moments]


def days_from(day: date) -> Iterator[date]:
    return (day + timedelta(days=number) for number in count())


def months_on(day: date, months: int) -> date:
    """The same day of a later month; the month's last day where there is none. By walking from month to month."""
    first = day.replace(day=1)
    for _ in range(months):
        first = (first + timedelta(days=31)).replace(day=1)
    days = (first + timedelta(days=number) for number in range(day.day))
    return max(each for each in days if each.month == first.month)


def falls_on(day: date, named: list[str]) -> bool:
    """Whether it is one of the days of the year; the 29th of February is the 28th where there is none."""
    leaps = (day + A_DAY).day == 29
    also = {"02-29"} if (day.month, day.day) == (2, 28) and not leaps else set()
    return bool(({day.strftime("%m-%d")} | also) & set(named))


@dataclass(frozen=True)
class Policy:
    """How units of one kind live, as the program's document says it."""

    calendar: Calendar
    terms: Mapping[str, Any]

    @property
    def expiry(self) -> Mapping[str, Any]:
        return self.terms.get("expiry", {"kind": "never"})

    @property
    def slides(self) -> bool:
        return self.expiry["kind"] == "sliding"

    @property
    def awaits(self) -> str | None:
        return self.terms.get("pending", {}).get("event")

    def end(self, counted_from: datetime) -> datetime | None:
        """When units die whose life counts from then."""
        said, day = self.expiry, self.calendar.day_of(counted_from)
        if said["kind"] == "never":
            return None
        if said["kind"] == "dates":
            earliest = day + timedelta(days=said.get("days_min", 0))
            last = next(each for each in days_from(earliest) if falls_on(each, said["dates"]))
        else:
            last = months_on(day, said["months"]) if "months" in said else day + timedelta(days=said["days"])
            last = next(each for each in days_from(last) if self._closes(each, said.get("round_to", "day")))
        return self.calendar.midnight_after(last)

    def life(self, at: datetime) -> tuple[datetime, datetime | None]:
        """When units earned at that moment can be spent, and when they die."""
        pending, today = self.terms.get("pending"), self.calendar.day_of(at)
        if pending and pending["kind"] == "event":
            lost = self.calendar.midnight_after(today + timedelta(days=pending["within_days"]))
            return lost, lost
        if pending:
            day = next(each for each in days_from(today + A_DAY) if falls_on(each, pending["dates"]))
            spendable_at = self.calendar.midnight_after(day - A_DAY)
        else:
            spendable_at = self.calendar.days_on(at, self.terms.get("pending_days", 0))
        from_earning = self.terms.get("validity_from") == "earning"
        return spendable_at, self.end(at if from_earning else spendable_at)

    @staticmethod
    def _closes(day: date, period: str) -> bool:
        """Whether it is the last day of its period."""
        after = day + A_DAY
        months = {"day": range(1, 13), "month": range(1, 13), "quarter": (1, 4, 7, 10), "year": (1,)}[period]
        return period == "day" or (after.day == 1 and after.month in months)


@dataclass(eq=False)
class Units:
    """Units that came together. Those that slide die when their wallet lapses."""

    left: int
    source: str
    earned_at: datetime
    spendable_at: datetime
    dies_at: datetime | None = None
    slides: bool = False
    awaits: str | None = None
    number: int = 0


@dataclass
class Promise:
    """A hold."""

    amount: int
    made_at: datetime
    ends_at: datetime


@dataclass
class Purse:
    """What a customer has of one unit."""

    lots: list[Units] = field(default_factory=list)
    debt: int = 0
    promises: dict[str, Promise] = field(default_factory=dict)
    lapses_at: datetime | None = None
    reinstated: int = 0

    def dies_at(self, lot: Units) -> datetime | None:
        return self.lapses_at if lot.slides else lot.dies_at

    def is_alive(self, lot: Units, at: datetime) -> bool:
        return at < (self.dies_at(lot) or AGES_AWAY)

    def can_pay(self, lot: Units, at: datetime) -> bool:
        return lot.spendable_at <= at and self.is_alive(lot, at)

    def held(self, at: datetime) -> int:
        return sum(promise.amount for promise in self.promises.values() if at < promise.ends_at)

    def balance(self, at: datetime) -> int:
        return sum(lot.left for lot in self.lots if self.is_alive(lot, at)) - self.debt

    def pending(self, at: datetime) -> int:
        return sum(lot.left for lot in self.lots if self.is_alive(lot, at) and lot.spendable_at > at)

    def available(self, at: datetime) -> int:
        return max(0, sum(lot.left for lot in self.lots if self.can_pay(lot, at)) - self.debt - self.held(at))

    def dead(self, at: datetime) -> int:
        """Units that died and were not given back."""
        return sum(lot.left for lot in self.lots if not self.is_alive(lot, at)) - self.reinstated

    def deaths(self, at: datetime) -> Counter[tuple[datetime | None, datetime]]:
        """What is left alive, by when it dies and since when it can be spent."""
        left: Counter[tuple[datetime | None, datetime]] = Counter()
        for lot in self.lots:
            if lot.left and self.is_alive(lot, at):
                left[self.dies_at(lot), lot.spendable_at] += lot.left
        return left

    def gain(self, units: Units, at: datetime) -> None:
        """New units pay what is owed first; those that slide keep the others alive with them."""
        self.begin_life(units, at)
        paid = min(self.debt, units.left)
        self.debt -= paid
        units.left -= paid
        units.number = len(self.lots)
        self.lots.append(units)

    def begin_life(self, units: Units, at: datetime) -> None:
        """The wallet of units that slide lives as long as the last of them would by itself."""
        if units.slides:
            self.lapse(at)
            assert units.dies_at is not None
            self.lapses_at = max(self.lapses_at or units.dies_at, units.dies_at)

    def lapse(self, at: datetime) -> None:
        """What slid has died when the wallet's time was over, and stays dead."""
        if self.lapses_at is not None and self.lapses_at <= at:
            for lot in self.lots:
                if lot.slides:
                    lot.slides, lot.dies_at = False, self.lapses_at
            self.lapses_at = None

    def release(self, at: datetime, policy: Policy) -> None:
        """What units waited for has happened: their life counts from now."""
        for lot in self.lots:
            if lot.awaits and lot.left and self.is_alive(lot, at):
                lot.awaits, lot.spendable_at, lot.dies_at = None, at, policy.end(at)
                lot.slides = policy.slides
                self.begin_life(lot, at)

    def be_active(self, at: datetime, policy: Policy) -> None:
        """The customer did something."""
        self.lapse(at)
        until = policy.end(at)
        if policy.slides and self.lapses_at and until:
            self.lapses_at = max(self.lapses_at, until)

    def pay(self, amount: int, at: datetime, since: datetime | None = None) -> list[tuple[Units, int]]:
        """The soonest to die first, the oldest of those; `since` when the units were promised. What each lot gave."""
        able = [lot for lot in self.lots if self.can_pay(lot, at) or (since and self.can_pay(lot, since))]
        return take(sorted(able, key=self.burn_order), amount)

    def burn_order(self, lot: Units) -> tuple[datetime, datetime, int]:
        return self.dies_at(lot) or AGES_AWAY, lot.earned_at, lot.number

    def claw_back(self, amount: int, source: str, at: datetime) -> None:
        """The purchase's own units first, dead or not; then the newest that live; the rest is owed."""
        newest = sorted(self.lots, key=lambda lot: (lot.earned_at, lot.number), reverse=True)
        own = [lot for lot in newest if lot.source == source]
        others = [lot for lot in newest if lot.source != source and self.is_alive(lot, at)]
        self.debt += amount - sum(taken for _, taken in take(own + others, amount))

    def put_back(self, draws: list[tuple[Units, int]], source: str, at: datetime) -> None:
        """Burned units come back to their lots; those that would die within a week live that long."""
        self.lapse(at)
        for lot, amount in draws:
            if (self.dies_at(lot) or AGES_AWAY) >= at + A_WEEK:
                lot.left += amount
            else:
                self.gain(Units(amount, source, at, at, at + A_WEEK), at)


def take(lots: list[Units], amount: int) -> list[tuple[Units, int]]:
    """Take units from the lots in this order; answers what each gave."""
    draws = []
    for lot in lots:
        taken = min(lot.left, amount)
        lot.left -= taken
        amount -= taken
        if taken:
            draws.append((lot, taken))
    return draws
