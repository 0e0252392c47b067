"""Time that two had side by side is one customer's time, one after the other; nobody loses a day."""

from datetime import date, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from services.loyalty.domain.membership import TimeEntry, extend, freeze, last_day, membership_status, replayed
from services.loyalty.domain.membership_term import Term
from services.loyalty.domain.one_membership import held_back, joined, rewritten

TODAY = date(2036, 3, 2)
Bought = tuple[int, str, int, int]  # on which day from the first, by whom, months, bonus months

purchases = st.lists(
    st.tuples(st.integers(0, 500), st.sampled_from("AB"), st.integers(1, 5), st.integers(0, 2)), max_size=8
).map(sorted)


def day(text: str) -> date:
    return date.fromisoformat(text)


def bought(on: str, months: int, *, source: str = "pur_1", before: tuple[TimeEntry, ...] = ()) -> tuple[TimeEntry, ...]:
    return (*before, *extend(before, starts_on=day(on), paid=months, bonus=0, source=source))


def of(bought: list[Bought], who: str) -> tuple[TimeEntry, ...]:
    """The entries of what these have bought."""
    entries: tuple[TimeEntry, ...] = ()
    for number, (days, by, paid, bonus) in enumerate(bought):
        if by in who:
            on = date(2036, 1, 1) + timedelta(days=days)
            entries += extend(entries, starts_on=on, paid=paid, bonus=bonus, source=f"pur_{number}")
    return entries


def shown(terms: list[Term]) -> list[tuple[str, str]]:
    """The first and the last day of each."""
    return [(str(term.starts_on), str(term.end() - timedelta(days=1))) for term in terms]


def one(ours: tuple[TimeEntry, ...], theirs: tuple[TimeEntry, ...], today: date = TODAY) -> list[Term]:
    return joined(ours, theirs, today=today, source="mrg_1")


def test_side_by_side_becomes_one_after_the_other() -> None:
    assert shown(one(bought("2036-02-10", 1), bought("2036-01-31", 1))) == [("2036-01-31", "2036-03-30")]
    assert shown(one(bought("2036-01-01", 12), bought("2036-02-01", 3))) == [("2036-01-01", "2037-03-31")]


def test_what_was_apart_stays_apart() -> None:
    apart = [("2035-01-01", "2035-01-31"), ("2036-03-01", "2036-03-31")]
    assert shown(one(bought("2036-03-01", 1), bought("2035-01-01", 1))) == apart


def test_a_freeze_ends_when_the_other_one_could_be_used() -> None:
    frozen = bought("2036-01-01", 3)
    frozen = (*frozen, freeze(frozen, from_date=day("2036-02-01"), until_date=None))
    (term,) = one(frozen, bought("2036-02-20", 1))
    assert (term.open_freeze(), str(term.end())) == (None, "2036-05-31")  # 30 days of freeze until today


def test_a_freeze_of_both_is_one() -> None:
    first, second = bought("2036-01-01", 3), bought("2036-01-05", 3, source="pur_2")
    first = (*first, freeze(first, from_date=day("2036-02-01"), until_date=None))
    second = (*second, freeze(second, from_date=day("2036-02-05"), until_date=None))
    (term,) = one(first, second)
    assert [(each.from_date, each.until_date) for each in term.freezes] == [(day("2036-02-01"), None)]


def test_time_stood_still_while_nobody_could_use_it() -> None:
    terms = replayed(bought("2036-02-01", 1))
    assert shown(held_back(terms, TODAY - timedelta(days=2), TODAY)) == [("2036-02-01", "2036-03-02")]
    terms = replayed(bought("2036-02-01", 1))
    assert shown(held_back(terms, TODAY, TODAY)) == [("2036-02-01", "2036-02-29")]
    assert held_back([], TODAY, TODAY) == []


@settings(deadline=None)
@given(purchases)
def test_it_is_what_one_customer_would_have_who_bought_all_of_it(bought: list[Bought]) -> None:
    """The same last day, the same time in all; and never less than either had."""
    ours, theirs, alone = of(bought, "A"), of(bought, "B"), of(bought, "AB")
    terms = one(ours, theirs)
    for part in ("paid", "bonus"):
        assert sum(term.whole_months(part) for term in terms) == sum(  # type: ignore[arg-type]
            term.whole_months(part)  # type: ignore[arg-type]
            for term in replayed(alone)
        )
    assert shown(terms) == shown(replayed(alone))
    for had in (ours, theirs):
        assert not had or terms[-1].end() - timedelta(days=1) >= last_day(had)


@settings(deadline=None)
@given(purchases, st.integers(0, 600), st.booleans())
def test_what_is_written_comes_to_these_terms(bought: list[Bought], days: int, frozen: bool) -> None:
    """Also where a freeze runs; and nothing is left of what was taken."""
    ours, theirs = of(bought, "A"), of(bought, "B")
    today = date(2036, 1, 1) + timedelta(days=days)
    if frozen and membership_status(ours, today, 0) == "active":
        ours += (freeze(ours, from_date=today, until_date=None),)
    terms = one(ours, theirs, today)
    assert replayed((*ours, *rewritten(ours, terms))) == terms
    gone = (*theirs, *rewritten(theirs, []))
    assert replayed(gone) == []
    moved = [entry for entry in gone if entry.kind != "frozen"]
    assert sum(entry.months for entry in moved) == sum(entry.days for entry in moved) == 0
