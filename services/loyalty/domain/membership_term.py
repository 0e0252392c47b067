"""Unbroken time on a plan: what it is made of, and the days it covers. Source: docs/rules/membership.md."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import accumulate
from typing import Literal

from services.loyalty.domain.local_day import months_later

TimeKind = Literal["paid", "bonus", "goodwill", "frozen"]

DAY = timedelta(days=1)


@dataclass(slots=True)
class Part:
    """Time of one kind from one source: so many months, and then so many days (below zero where it was cut).

    `price` is what was paid for it, in minor units.
    """

    kind: TimeKind
    months: int = 0
    days: int = 0
    price: int = 0
    source: str = ""


@dataclass(slots=True)
class Freeze:
    """Days on which no time passes, until just before `until_date`; until further notice when that is None."""

    from_date: date
    until_date: date | None

    @property
    def days(self) -> int:
        """How many days it pushes the end by: none before it is known when it ends."""
        return (self.until_date - self.from_date).days if self.until_date else 0

    def holds(self, day: date) -> bool:
        """Whether no time passes on that day."""
        return self.from_date <= day and (self.until_date is None or day < self.until_date)

    def is_over(self, day: date) -> bool:
        """Whether it neither holds on that day nor will later."""
        return self.until_date is not None and self.until_date <= day


@dataclass(frozen=True, slots=True, kw_only=True)
class Stretch:
    """Days of one kind, until just before `until_date` (None: nobody knows yet).

    `months` is as it was bought; 0 where the stretch was bought by the day, or a freeze or a cut broke it.
    """

    kind: TimeKind
    from_date: date
    until_date: date | None
    months: int = 0

    @property
    def days(self) -> int | None:
        """How many days; None when nobody knows yet."""
        return (self.until_date - self.from_date).days if self.until_date else None


@dataclass(slots=True)
class Term:
    """Unbroken time. Months are counted from its first day, so that a 31st stays a 31st and nothing drifts; days after.

    A freeze pushes what follows it by its days.
    """

    starts_on: date
    parts: list[Part] = field(default_factory=list)
    freezes: list[Freeze] = field(default_factory=list)

    def bounds(self) -> list[int]:
        """Where each part begins, and the last one ends, in days of use: as if it had never been frozen."""
        months = accumulate((part.months for part in self.parts), initial=0)
        days = accumulate((part.days for part in self.parts), initial=0)
        return [
            (months_later(self.starts_on, passed) - self.starts_on).days + more
            for passed, more in zip(months, days, strict=True)
        ]

    def days_of_last(self, part: Part, months: int) -> int:
        """How many days the last so many months of a part have, as they were bought."""
        end = self._months_until(part) + part.months
        return (months_later(self.starts_on, end) - months_later(self.starts_on, end - months)).days

    def whole_months(self, kind: TimeKind) -> int:
        """How many months of a kind it holds; of a part that was cut, the whole ones."""
        return sum(self._whole_months_of(part) for part in self.parts if part.kind == kind)

    def _whole_months_of(self, part: Part) -> int:
        cut = [months for months in range(part.months) if self.days_of_last(part, part.months - months) >= -part.days]
        return max(cut, default=0) if part.days < 0 else part.months

    def _months_until(self, part: Part) -> int:
        before = [each is part for each in self.parts].index(True)
        return sum(each.months for each in self.parts[:before])

    def used_before(self, day: date) -> int:
        """How many days of use lie before that day."""
        frozen = sum(
            (min(freeze.until_date or day, day) - freeze.from_date).days
            for freeze in self.freezes
            if freeze.from_date < day
        )
        return min(max((day - self.starts_on).days - frozen, 0), self.bounds()[-1])

    def date_of(self, used: int) -> date:
        """The day before which so many days of use lie. A freeze that begins there comes after it."""
        day = self.starts_on + timedelta(days=used)
        for freeze in self.freezes:
            if freeze.from_date < day:
                day += timedelta(days=freeze.days)
        return day

    def end(self) -> date:
        """The first day after it, as far as the freezes are known."""
        return self.date_of(self.bounds()[-1])

    def is_frozen(self, day: date) -> bool:
        """Whether no time passes on that day."""
        return any(freeze.holds(day) for freeze in self.freezes)

    def open_freeze(self) -> Freeze | None:
        """The freeze of which nobody knows when it ends, where it holds time back."""
        last = self.freezes[-1] if self.freezes else None
        return last if last and last.until_date is None and last.from_date < self.end() else None

    def continues(self, day: date, grace_days: int = 0) -> bool:
        """Whether what is bought on that day follows the time there is."""
        return self.open_freeze() is not None or day <= self.end() + timedelta(days=grace_days)

    def left_from(self, used: int) -> Iterator[tuple[Part, int, int]]:
        """Each part of which something lies after so many days of use: the part, where what is left begins, its end."""
        bounds = self.bounds()
        for part, begin, end in zip(self.parts, bounds, bounds[1:], strict=False):
            if used < end:
                yield part, max(begin, used), end

    def stretches(self) -> Iterator[Stretch]:
        """The days it covers, in order. After a freeze of which nobody knows the end, no day is known."""
        freezes = [freeze for freeze in self.freezes if freeze.from_date < self.end()]
        day, bounds = self.starts_on, self.bounds()
        for part, begin, end in zip(self.parts, bounds, bounds[1:], strict=False):
            left = whole = end - begin
            while freezes and (freezes[0].from_date - day).days < left:
                freeze = freezes.pop(0)
                if day < freeze.from_date:
                    yield Stretch(kind=part.kind, from_date=day, until_date=freeze.from_date)
                yield Stretch(kind="frozen", from_date=freeze.from_date, until_date=freeze.until_date)
                if freeze.until_date is None:
                    return
                left -= (freeze.from_date - day).days
                day = freeze.until_date
            until = day + timedelta(days=left)
            months = part.months if left == whole and not part.days else 0
            yield Stretch(kind=part.kind, from_date=day, until_date=until, months=months)
            day = until
