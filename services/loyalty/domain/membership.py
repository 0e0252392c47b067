"""Membership time is a ledger: every entry adds time, paid or given, holds it still, or takes it back.

Source: docs/rules/membership.md.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Literal

from services.loyalty.domain.membership_term import DAY, Freeze, Part, Stretch, Term, TimeKind
from services.loyalty.domain.refusals.memberships import (
    FreezeInvalid,
    MembershipNotFrozen,
    MembershipOver,
    MembershipTooLong,
)

TimeCause = Literal["purchase", "return", "goodwill", "freeze", "resume", "change", "cancellation", "merge"]

MembershipStatus = Literal["upcoming", "active", "frozen", "grace", "lapsed", "ended"]

# How a membership ends before its time has run out.
ENDING: tuple[TimeCause, ...] = ("change", "cancellation")
LAST_YEAR = 9000


@dataclass(frozen=True, slots=True, kw_only=True)
class TimeEntry:
    """Months and days of one kind, from a day until just before another; below zero where time is taken back.

    `price` is what was paid for it, in minor units. `source` is the purchase (or change) whose time it is. The days of
    a `frozen` entry push the end; one without `until_date` lasts until it is resumed.
    """

    kind: TimeKind
    from_date: date
    until_date: date | None
    months: int = 0
    days: int = 0
    price: int = 0
    source: str = ""
    cause: TimeCause = "purchase"

    @property
    def adds(self) -> bool:
        """Whether it brings time; else it takes some back."""
        return self.months > 0 or (self.months == 0 and self.days > 0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Unused:
    """What one part of a membership had left: `days` of its `days_total`, and what was paid for all of it."""

    kind: TimeKind
    days: int
    days_total: int
    price: int
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MembershipView:
    """A customer's latest unbroken time on a plan. Both ends, and `paid_until`, are days on which it is valid.

    `ends_on` is None while it is frozen until further notice, and so is `paid_until`, which is also None when all of
    the time is a gift. `frozen_until` is the first day after the latest freeze.
    """

    starts_on: date
    ends_on: date | None
    paid_months: int
    bonus_months: int
    paid_until: date | None
    frozen_from: date | None = None
    frozen_until: date | None = None


def extend(
    entries: Sequence[TimeEntry],
    *,
    starts_on: date,
    paid: int,
    bonus: int,
    price: int = 0,
    source: str = "",
    grace_days: int = 0,
) -> tuple[TimeEntry, ...]:
    """The entries that add months to a plan: the paid ones first, then the gift.

    They follow the time there is while that runs, or is over by no more than the grace; else they begin on
    `starts_on`. Raises MembershipTooLong.
    """
    parts = [Part("paid", paid, price=price, source=source), Part("bonus", bonus, source=source)]
    return add(entries, parts, starts_on=starts_on, grace_days=grace_days, cause="purchase")


def add(
    entries: Sequence[TimeEntry], parts: Iterable[Part], *, starts_on: date, grace_days: int = 0, cause: TimeCause
) -> tuple[TimeEntry, ...]:
    """The entries that add parts, in that order, as `extend` does. Raises MembershipTooLong."""
    term = _term_open_on(replayed(entries), starts_on, grace_days)
    had = len(term.parts)
    term.parts += [part for part in parts if part.months or part.days]
    months, days = sum(part.months for part in term.parts), sum(part.days for part in term.parts)
    if term.starts_on.year + months // 12 + days // 365 >= LAST_YEAR:
        raise MembershipTooLong(year=LAST_YEAR)
    bounds = term.bounds()
    return tuple(
        TimeEntry(
            kind=part.kind,
            from_date=term.date_of(bounds[place]),
            until_date=term.date_of(bounds[place + 1]),
            months=part.months,
            days=part.days,
            price=part.price,
            source=part.source,
            cause=cause,
        )
        for place, part in enumerate(term.parts)
        if place >= had
    )


def take_back(
    entries: Sequence[TimeEntry], *, paid: int, bonus: int, price: int = 0, source: str = ""
) -> tuple[TimeEntry, ...]:
    """The entries that take months back after a return: those its purchase brought first, then the latest of each kind.

    What follows moves up. Never more than there is. `price` is what came back for them, in minor units; below zero
    when what is left of the purchase costs more than it did.
    """
    terms = replayed(entries)
    taken = [*_taken_back(terms, "bonus", bonus, source), *_taken_back(terms, "paid", paid, source)]
    kept = next((part for _term, part in _parts(terms, "paid", source) if part.source == source), None)
    less = min(price, kept.price) if kept else 0
    if less:
        end = terms[-1].end()
        taken.append(TimeEntry(kind="paid", from_date=end, until_date=end, price=-less, source=source, cause="return"))
    return tuple(taken)


def freeze(
    entries: Sequence[TimeEntry], *, from_date: date, until_date: date | None, days_max: int | None = None
) -> TimeEntry:
    """The entry that holds time still from a day until just before another, or until it is resumed.

    With a limit, an open freeze lasts as long as the limit leaves. Raises MembershipOver when there is no time on
    that day; FreezeInvalid when it is frozen then or later, for no day at all, or beyond `days_max` days in all.
    """
    term = _running(entries, from_date)
    if from_date < term.starts_on:
        raise MembershipOver(day=from_date)
    left = None if days_max is None else days_max - sum(freeze.days for freeze in term.freezes)
    if until_date is None and left is not None:
        until_date = from_date + timedelta(days=max(left, 0))
    days = (until_date - from_date).days if until_date else 0
    frozen = bool(term.freezes) and not term.freezes[-1].is_over(from_date)
    if frozen or (until_date and (days <= 0 or (left is not None and days > left))):
        raise FreezeInvalid(from_date=from_date, days=days)
    return TimeEntry(kind="frozen", from_date=from_date, until_date=until_date, days=days, cause="freeze")


def resume(entries: Sequence[TimeEntry], *, on: date) -> TimeEntry:
    """The entry that lets time pass again from that day on. Raises MembershipNotFrozen."""
    terms = replayed(entries)
    if not terms or not terms[-1].freezes or terms[-1].freezes[-1].is_over(on):
        raise MembershipNotFrozen
    return _thaw(terms[-1].freezes[-1], on, "resume")


def cut(
    entries: Sequence[TimeEntry], *, last_day: date, cause: TimeCause
) -> tuple[tuple[TimeEntry, ...], tuple[Unused, ...]]:
    """The entries that end a membership after a day, and what was unused: the latest part first.

    The entries take the time and leave the price; see `repriced`. Raises MembershipOver when nothing is left then.
    """
    term = _running(entries, last_day + DAY)
    thaws = []
    if term.freezes and not term.freezes[-1].is_over(last_day + DAY):
        thaws.append(_thaw(term.freezes[-1], last_day + DAY, cause))
        term = replayed((*entries, *thaws))[-1]
    taken, unused = list[TimeEntry](), list[Unused]()
    bounds = dict(zip(map(id, term.parts), term.bounds(), strict=False))
    for part, begin, end in reversed(list(term.left_from(term.used_before(last_day + DAY)))):
        total = end - bounds[id(part)]
        whole = end - begin == total
        taken.append(
            TimeEntry(
                kind=part.kind,
                from_date=term.date_of(begin),
                until_date=term.date_of(end),
                months=-part.months if whole else 0,
                days=-part.days if whole else begin - end,
                source=part.source,
                cause=cause,
            )
        )
        unused.append(Unused(kind=part.kind, days=end - begin, days_total=total, price=part.price, source=part.source))
    return (*thaws, *taken), tuple(unused)


def repriced(taken: Sequence[TimeEntry], prices: Sequence[int]) -> tuple[TimeEntry, ...]:
    """What a cut took, each with the money that goes with it. `prices` are in the order of what was unused."""
    thaws = len(taken) - len(prices)
    priced = [replace(entry, price=-price) for entry, price in zip(taken[thaws:], prices, strict=True)]
    return (*taken[:thaws], *priced)


def stretches(entries: Sequence[TimeEntry]) -> tuple[Stretch, ...]:
    """The time that stands after everything taken back, in order, with the days it really covers."""
    return tuple(stretch for term in replayed(entries) for stretch in term.stretches())


def membership_view(entries: Sequence[TimeEntry]) -> MembershipView | None:
    """Where the membership stands; none when there is no time on it."""
    terms = replayed(entries)
    if not terms:
        return None
    term = terms[-1]
    paid = [stretch for stretch in term.stretches() if stretch.kind == "paid"]
    open_freeze = term.open_freeze()
    latest = term.freezes[-1] if term.freezes else None
    return MembershipView(
        starts_on=term.starts_on,
        ends_on=None if open_freeze else term.end() - DAY,
        paid_months=term.whole_months("paid"),
        bonus_months=term.whole_months("bonus"),
        paid_until=paid[-1].until_date - DAY if paid and paid[-1].until_date and not open_freeze else None,
        frozen_from=latest.from_date if latest else None,
        frozen_until=latest.until_date if latest else None,
    )


def membership_status(entries: Sequence[TimeEntry], day: date, grace_days: int) -> MembershipStatus:
    """Where the membership stands on a day. `ended` is a membership that was taken back, changed or cancelled."""
    terms = replayed(entries)
    if not terms:
        return "ended"
    term = terms[-1]
    if day < term.starts_on:
        return "upcoming"
    if term.is_frozen(day) and (term.open_freeze() or day < term.end()):
        return "frozen"
    if day < term.end():
        return "active"
    if any(entry.cause in ENDING for entry in entries[-1:]):
        return "ended"
    return "grace" if day < term.end() + timedelta(days=grace_days) else "lapsed"


def last_day(entries: Sequence[TimeEntry]) -> date:
    """The last day the entries come to, as far as it is known; the day before the first one when none is left."""
    terms = replayed(entries)
    return (terms[-1].end() if terms else entries[0].from_date) - DAY


def replayed(entries: Iterable[TimeEntry]) -> list[Term]:
    """The unbroken times that stand after all entries, the oldest first."""
    terms: list[Term] = []
    for entry in entries:
        if entry.kind == "frozen":
            _replay_freeze(terms, entry)
        elif entry.adds:
            term = _term_open_on(terms, entry.from_date)
            term.parts.append(Part(entry.kind, entry.months, entry.days, entry.price, entry.source))
            if not terms or term is not terms[-1]:
                terms.append(term)
        else:
            _replay_taking(terms, entry)
            terms = [term for term in terms if term.parts]
    return terms


def _replay_freeze(terms: Sequence[Term], entry: TimeEntry) -> None:
    if not terms:
        return
    freezes = terms[-1].freezes
    if entry.cause == "freeze":
        freezes.append(Freeze(entry.from_date, entry.until_date))
        return
    if not freezes:  # it went with the time of a merged customer, when that was undone
        return
    freezes[-1].until_date = entry.until_date if freezes[-1].until_date is None else entry.from_date
    if not freezes[-1].days:
        freezes.pop()


def _replay_taking(terms: Sequence[Term], entry: TimeEntry) -> None:
    months, days, price = -entry.months, -entry.days, -entry.price
    for term, part in _parts(terms, entry.kind, entry.source):
        taken = min(part.months, months)
        months -= taken
        if months:
            _reduce(term, part, taken, 0)
            continue
        part.price = max(part.price - price, 0)
        _reduce(term, part, taken, days)
        return


def _taken_back(terms: list[Term], kind: TimeKind, months: int, source: str) -> Iterator[TimeEntry]:
    """Take months off the terms. Days that a cancellation had cut from a part are the latest of it, and go first."""
    for term, part in _parts(terms, kind, source):
        taken = min(part.months, months)
        months -= taken
        if not taken:
            continue
        end = term.end()
        cut_before = min(max(-part.days, 0), term.days_of_last(part, taken))
        _reduce(term, part, taken, -cut_before)
        yield TimeEntry(
            kind=kind,
            from_date=term.end(),
            until_date=end,
            months=-taken,
            days=cut_before,
            source=part.source,
            cause="return",
        )


def _reduce(term: Term, part: Part, months: int, days: int) -> None:
    part.months -= months
    part.days -= days
    if not part.months and not part.days:
        term.parts = [each for each in term.parts if each is not part]


def _parts(terms: Sequence[Term], kind: TimeKind, source: str) -> list[tuple[Term, Part]]:
    """The parts of a kind: those of the source first, then the latest."""
    found = [(term, part) for term in reversed(terms) for part in reversed(term.parts) if part.kind == kind]
    return sorted(found, key=lambda each: each[1].source != source)


def _running(entries: Sequence[TimeEntry], day: date) -> Term:
    """The latest unbroken time, which is not over on that day. Raises MembershipOver."""
    terms = replayed(entries)
    if not terms or (terms[-1].open_freeze() is None and day >= terms[-1].end()):
        raise MembershipOver(day=day)
    return terms[-1]


def _thaw(frozen: Freeze, on: date, cause: TimeCause) -> TimeEntry:
    """The entry by which a freeze ends on that day, or before it began."""
    stops = max(on, frozen.from_date)
    begin, end = (frozen.from_date, stops) if frozen.until_date is None else (stops, frozen.until_date)
    days = (end - begin).days if frozen.until_date is None else (begin - end).days
    return TimeEntry(kind="frozen", from_date=begin, until_date=end, days=days, cause=cause)


def _term_open_on(terms: Sequence[Term], day: date, grace_days: int = 0) -> Term:
    return terms[-1] if terms and terms[-1].continues(day, grace_days) else Term(day)
