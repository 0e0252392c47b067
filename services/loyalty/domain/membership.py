"""Membership time is a ledger: every entry adds months, paid or given, or takes them back.

Source: docs/rules/membership.md.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Literal

from services.loyalty.domain.local_day import months_later
from services.loyalty.domain.refusals import MembershipTooLong

TimeKind = Literal["paid", "bonus"]

LAST_YEAR = 9000


@dataclass(frozen=True, slots=True, kw_only=True)
class TimeEntry:
    """Months of one kind, from a day until just before another. Below zero, the membership ends earlier by them."""

    kind: TimeKind
    months: int
    from_date: date
    until_date: date


@dataclass(frozen=True, slots=True, kw_only=True)
class MembershipView:
    """A customer's latest unbroken time on a plan. Both ends, and `paid_until`, are days on which it is valid.

    `paid_until` is the last day that was paid for; none when all of the time is a gift.
    """

    starts_on: date
    ends_on: date
    paid_months: int
    bonus_months: int
    paid_until: date | None


@dataclass(slots=True)
class _Term:
    """Unbroken time. Every date is counted from its first day, so that a 31st stays a 31st and nothing drifts."""

    starts_on: date
    parts: list[tuple[TimeKind, int]] = field(default_factory=list)

    def end(self) -> date:
        return months_later(self.starts_on, sum(months for _, months in self.parts))

    def stretches(self) -> Iterable[TimeEntry]:
        months_before = 0
        for kind, months in self.parts:
            begin = months_later(self.starts_on, months_before)
            months_before += months
            yield TimeEntry(
                kind=kind, months=months, from_date=begin, until_date=months_later(self.starts_on, months_before)
            )

    def remove_last(self, kind: TimeKind, months: int) -> int:
        """Take months of that kind away, the latest first. Answers how many there were."""
        removed = 0
        for index in reversed(range(len(self.parts))):
            own_kind, own_months = self.parts[index]
            if own_kind == kind and removed < months:
                taken = min(own_months, months - removed)
                self.parts[index] = (kind, own_months - taken)
                removed += taken
        self.parts = [part for part in self.parts if part[1]]
        return removed


def extend(entries: Sequence[TimeEntry], *, starts_on: date, paid: int, bonus: int) -> tuple[TimeEntry, ...]:
    """The entries that add months to a plan: the paid ones first, then the gift.

    They follow the time there is, or begin on `starts_on` when that has ended by then. Raises MembershipTooLong.
    """
    term = _term_open_on(_replayed(entries), starts_on)
    had = len(term.parts)
    added: list[tuple[TimeKind, int]] = [("paid", paid), ("bonus", bonus)]
    months = sum(months for _, months in term.parts) + paid + bonus
    if term.starts_on.year + months // 12 >= LAST_YEAR:
        raise MembershipTooLong(year=LAST_YEAR)
    term.parts += [part for part in added if part[1]]
    return tuple(term.stretches())[had:]


def take_back(entries: Sequence[TimeEntry], *, paid: int, bonus: int) -> tuple[TimeEntry, ...]:
    """The entries that take months back after a return: the latest of each kind. What follows moves up.

    Never more than there is.
    """
    terms = _replayed(entries)
    return (*_removed(terms, "bonus", bonus), *_removed(terms, "paid", paid))


def stretches(entries: Sequence[TimeEntry]) -> tuple[TimeEntry, ...]:
    """The time that stands after everything taken back, in order, with the days it really covers."""
    return tuple(stretch for term in _replayed(entries) for stretch in term.stretches())


def membership_view(entries: Sequence[TimeEntry]) -> MembershipView | None:
    """Where the membership stands; none when there is no time on it."""
    terms = _replayed(entries)
    if not terms:
        return None
    last = tuple(terms[-1].stretches())
    paid = [stretch for stretch in last if stretch.kind == "paid"]
    return MembershipView(
        starts_on=last[0].from_date,
        ends_on=_day_before(last[-1].until_date),
        paid_months=sum(stretch.months for stretch in paid),
        bonus_months=sum(stretch.months for stretch in last if stretch.kind == "bonus"),
        paid_until=_day_before(paid[-1].until_date) if paid else None,
    )


def _replayed(entries: Iterable[TimeEntry]) -> list[_Term]:
    terms: list[_Term] = []
    for entry in entries:
        if entry.months < 0:
            list(_removed(terms, entry.kind, -entry.months))
            terms = [term for term in terms if term.parts]
        else:
            term = _term_open_on(terms, entry.from_date)
            term.parts.append((entry.kind, entry.months))
            if not terms or term is not terms[-1]:
                terms.append(term)
    return terms


def _term_open_on(terms: Sequence[_Term], day: date) -> _Term:
    return terms[-1] if terms and day <= terms[-1].end() else _Term(day)


def _removed(terms: Sequence[_Term], kind: TimeKind, months: int) -> Iterable[TimeEntry]:
    for term in reversed(terms):
        end = term.end()
        removed = term.remove_last(kind, months)
        months -= removed
        if removed:
            yield TimeEntry(kind=kind, months=-removed, from_date=term.end(), until_date=end)


def _day_before(day: date) -> date:
    return day - timedelta(days=1)
