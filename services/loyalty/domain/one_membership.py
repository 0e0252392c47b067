"""The time on one plan of two holders who turn out to be one, and of two again. Source: docs/wallets.md."""

from collections import defaultdict
from collections.abc import Container, Iterable, Iterator, Sequence
from datetime import date

from services.loyalty.domain.membership import TimeEntry, replayed
from services.loyalty.domain.membership_term import Freeze, Part, Term


def joined(ours: Iterable[TimeEntry], theirs: Iterable[TimeEntry], *, today: date, source: str) -> list[Term]:
    """The time of both as if one customer had bought all of it: what ran side by side runs one after the other.

    Nobody has less time than before: `source` is whose the days are that months of different lengths would cost.
    """
    terms: list[Term] = []
    for term in sorted((*replayed(ours), *replayed(theirs)), key=lambda each: each.starts_on):
        if terms and terms[-1].continues(term.starts_on):
            _append(terms[-1], term, today, source)
        else:
            terms.append(term)
    return terms


def left_of(terms: list[Term], now: Iterable[Term], sources: Container[str], day: date) -> list[Term]:
    """The terms with what is left of their sources now, where these may have been returned, cut or added to since."""
    left = defaultdict[tuple[str, str], list[Part]](list)
    for part in [part for term in now for part in term.parts if part.source in sources]:
        left[part.kind, part.source].append(part)
    for term in terms:
        kept = [left[part.kind, part.source] for part in term.parts]
        term.parts = [parts.pop(0) for parts in kept if parts]
    more = [part for parts in left.values() for part in parts]
    if more and not terms:
        terms = [Term(day)]
    if more:
        terms[-1].parts += more
    return [term for term in terms if term.parts]


def held_back(terms: Sequence[Term], since: date, until: date) -> list[Term]:
    """The terms with the latest one held still on the days on which its customer could not use it."""
    latest = terms[-1] if terms else None
    if latest is not None:
        begin = max(since, latest.starts_on)
        if begin < until and begin < latest.end():
            latest.freezes = _united([*latest.freezes, Freeze(begin, until)])
    return list(terms)


def rewritten(entries: Sequence[TimeEntry], terms: Iterable[Term]) -> tuple[TimeEntry, ...]:
    """The entries that take back all the time there is, and put these terms in its place."""
    taken = [entry for term in reversed(replayed(entries)) for entry in _taken(term)]
    return (*taken, *(entry for term in terms for entry in _put(term)))


def _append(first: Term, then: Term, today: date, source: str) -> None:
    """Let the one follow the other. A freeze ends today where the other one could be used."""
    runs = [_runs(term, today) for term in (first, then)]
    for term, other_runs in ((first, runs[1]), (then, runs[0])):
        if other_runs:
            term.freezes = [freeze for freeze in term.freezes if freeze.from_date < today]
            for freeze in term.freezes:
                freeze.until_date = min(freeze.until_date or today, today)
    end = max(first.end(), then.end())
    first.parts += then.parts
    first.freezes = _united([*first.freezes, *then.freezes])
    if (short := (end - first.end()).days) > 0:
        first.parts.append(Part("goodwill", days=short, source=source))


def _runs(term: Term, day: date) -> bool:
    return term.starts_on <= day < term.end() and not term.is_frozen(day)


def _united(freezes: Iterable[Freeze]) -> list[Freeze]:
    """The same days held still, each once."""
    united: list[Freeze] = []
    for freeze in sorted(freezes, key=lambda each: each.from_date):
        last = united[-1] if united else None
        if last is None or (last.until_date is not None and last.until_date < freeze.from_date):
            united.append(Freeze(freeze.from_date, freeze.until_date))
        elif last.until_date is not None:
            last.until_date = max(last.until_date, freeze.until_date) if freeze.until_date else None
    return united


def _taken(term: Term) -> Iterator[TimeEntry]:
    """The entries that leave nothing of a term: the latest part first, so that each takes what it is about."""
    for entry in reversed([each for each in _put(term) if each.kind != "frozen"]):
        yield TimeEntry(
            kind=entry.kind,
            from_date=entry.from_date,
            until_date=entry.until_date,
            months=-entry.months,
            days=-entry.days,
            price=-entry.price,
            source=entry.source,
            cause="merge",
        )


def _put(term: Term) -> Iterator[TimeEntry]:
    """The entries that make a term. Its freezes come after the first part: what follows begins after them."""
    bounds = term.bounds()
    for place, part in enumerate(term.parts):
        yield TimeEntry(
            kind=part.kind,
            from_date=term.date_of(bounds[place]) if place else term.starts_on,
            until_date=term.date_of(bounds[place + 1]),
            months=part.months,
            days=part.days,
            price=part.price,
            source=part.source,
            cause="merge",
        )
        for freeze in () if place else term.freezes:
            yield TimeEntry(
                kind="frozen",
                from_date=freeze.from_date,
                until_date=freeze.until_date,
                days=freeze.days,
                cause="freeze",
            )
