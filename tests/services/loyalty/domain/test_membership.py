from datetime import date
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.loyalty.domain.local_day import months_later
from services.loyalty.domain.membership import (
    MembershipView,
    TimeEntry,
    extend,
    membership_view,
    stretches,
    take_back,
)
from services.loyalty.domain.refusals.memberships import MembershipTooLong

Steps = list[tuple[str, str, int, int]]


def entries(steps: Steps) -> tuple[TimeEntry, ...]:
    """The ledger after buying ("buy", day, paid, bonus) and returning ("return", "", paid, bonus)."""
    ledger: tuple[TimeEntry, ...] = ()
    for what, day, paid, bonus in steps:
        if what == "buy":
            ledger += extend(ledger, starts_on=date.fromisoformat(day), paid=paid, bonus=bonus)
        else:
            ledger += take_back(ledger, paid=paid, bonus=bonus)
    return ledger


def view(starts: str, ends: str, paid: int, bonus: int, paid_until: str | None) -> MembershipView:
    return MembershipView(
        starts_on=date.fromisoformat(starts),
        ends_on=date.fromisoformat(ends),
        paid_months=paid,
        bonus_months=bonus,
        paid_until=date.fromisoformat(paid_until) if paid_until else None,
    )


@pytest.mark.parametrize(
    ("steps", "expected"),
    [
        pytest.param(
            [("buy", "2026-01-15", 12, 3)],
            view("2026-01-15", "2027-04-14", 12, 3, "2027-01-14"),
            id="pay twelve, get three",
        ),
        pytest.param(
            [("buy", "2026-01-15", 12, 3), ("buy", "2026-06-01", 12, 3)],
            view("2026-01-15", "2028-07-14", 24, 6, "2028-04-14"),
            id="renewed early: from the old end",
        ),
        pytest.param(
            [("buy", "2026-01-15", 1, 0), ("buy", "2026-02-15", 1, 0)],
            view("2026-01-15", "2026-03-14", 2, 0, "2026-03-14"),
            id="renewed on the day after the last",
        ),
        pytest.param(
            [("buy", "2026-01-15", 1, 0), ("buy", "2026-02-16", 1, 0)],
            view("2026-02-16", "2026-03-15", 1, 0, "2026-03-15"),
            id="renewed a day late: from payment",
        ),
        pytest.param(
            [("buy", "2026-01-31", 1, 0)], view("2026-01-31", "2026-02-27", 1, 0, "2026-02-27"), id="from a 31st"
        ),
        pytest.param(
            [("buy", "2026-01-31", 1, 0), ("buy", "2026-02-10", 1, 0)],
            view("2026-01-31", "2026-03-30", 2, 0, "2026-03-30"),
            id="a 31st stays a 31st after February",
        ),
        pytest.param(
            [("buy", "2028-02-29", 12, 0)], view("2028-02-29", "2029-02-27", 12, 0, "2029-02-27"), id="from a leap day"
        ),
        pytest.param(
            [("buy", "2028-02-29", 12, 0)] * 4,
            view("2028-02-29", "2032-02-28", 48, 0, "2032-02-28"),
            id="four years from a leap day end the day before one",
        ),
        pytest.param([("buy", "2026-01-15", 0, 3)], view("2026-01-15", "2026-04-14", 0, 3, None), id="only a gift"),
        pytest.param(
            [("buy", "2026-01-15", 12, 3), ("return", "", 0, 3)],
            view("2026-01-15", "2027-01-14", 12, 0, "2027-01-14"),
            id="the gift taken back",
        ),
        pytest.param(
            [("buy", "2026-01-15", 12, 3), ("return", "", 12, 0)],
            view("2026-01-15", "2026-04-14", 0, 3, None),
            id="paid time taken back: the gift moves up",
        ),
        pytest.param(
            [("buy", "2026-01-15", 12, 3), ("buy", "2026-03-01", 12, 3), ("return", "", 12, 3)],
            view("2026-01-15", "2027-04-14", 12, 3, "2027-01-14"),
            id="one of two terms returned",
        ),
        pytest.param([("buy", "2026-01-15", 12, 3), ("return", "", 12, 3)], None, id="all of it returned"),
        pytest.param([("buy", "2026-01-15", 12, 3), ("return", "", 99, 99)], None, id="never more than there is"),
        pytest.param(
            [("buy", "2026-01-15", 1, 0), ("buy", "2026-06-15", 1, 0), ("return", "", 1, 0)],
            view("2026-01-15", "2026-02-14", 1, 0, "2026-02-14"),
            id="the later of two separate terms",
        ),
        pytest.param(
            [("buy", "2026-01-15", 1, 0), ("return", "", 1, 0), ("buy", "2026-01-20", 1, 0)],
            view("2026-01-20", "2026-02-19", 1, 0, "2026-02-19"),
            id="bought again after a return",
        ),
        pytest.param([], None, id="nothing"),
    ],
)
def test_membership_view(steps: Steps, expected: MembershipView | None) -> None:
    assert membership_view(entries(steps)) == expected


def test_entries_say_what_they_cover() -> None:
    paid, bonus = extend((), starts_on=date(2026, 1, 15), paid=12, bonus=3)
    assert (paid.kind, paid.months, paid.from_date, paid.until_date) == (
        "paid",
        12,
        date(2026, 1, 15),
        date(2027, 1, 15),
    )
    assert (bonus.kind, bonus.months, bonus.from_date, bonus.until_date) == (
        "bonus",
        3,
        date(2027, 1, 15),
        date(2027, 4, 15),
    )


def test_an_entry_that_takes_back_says_how_much_earlier_it_ends() -> None:
    ledger = extend((), starts_on=date(2026, 1, 15), paid=12, bonus=3)
    (taken,) = take_back(ledger, paid=0, bonus=2)
    assert (taken.kind, taken.months, taken.from_date, taken.until_date) == (
        "bonus",
        -2,
        date(2027, 2, 15),
        date(2027, 4, 15),
    )


def test_no_end_after_the_calendar() -> None:
    with pytest.raises(MembershipTooLong):
        extend((), starts_on=date(2026, 1, 15), paid=12 * 7000, bonus=0)


purchases = st.lists(st.tuples(st.integers(0, 2000), st.integers(0, 14), st.integers(0, 4)), min_size=1, max_size=6)


@given(purchases)
def test_stretches_follow_each_other_and_months_add_up(bought: list[tuple[int, int, int]]) -> None:
    ledger: tuple[TimeEntry, ...] = ()
    for days, paid, bonus in bought:
        day = date.fromordinal(date(2026, 1, 31).toordinal() + days)
        ledger += extend(ledger, starts_on=day, paid=paid, bonus=bonus)
    laid_out = stretches(ledger)
    assert [(each.kind, each.months, each.from_date, each.until_date) for each in laid_out] == [
        (entry.kind, entry.months, entry.from_date, entry.until_date) for entry in ledger
    ]
    assert sum(each.months for each in laid_out) == sum(paid + bonus for _, paid, bonus in bought)
    for before, after in pairwise(laid_out):
        assert before.until_date is not None
        assert before.until_date <= after.from_date


@given(purchases)
def test_returning_every_purchase_leaves_no_time(bought: list[tuple[int, int, int]]) -> None:
    ledger: tuple[TimeEntry, ...] = ()
    for days, paid, bonus in bought:
        day = date.fromordinal(date(2026, 1, 31).toordinal() + days)
        ledger += extend(ledger, starts_on=day, paid=paid, bonus=bonus)
    for _, paid, bonus in bought:
        ledger += take_back(ledger, paid=paid, bonus=bonus)
    assert stretches(ledger) == ()
    assert sum(entry.months for entry in ledger) == 0


@pytest.mark.parametrize(
    ("day", "months", "later"),
    [
        ("2026-01-31", 1, "2026-02-28"),
        ("2026-01-31", 0, "2026-01-31"),
        ("2026-12-31", 1, "2027-01-31"),
        ("2026-03-31", -1, "2026-02-28"),
        ("2026-01-15", -1, "2025-12-15"),
        ("2026-05-15", 20, "2028-01-15"),
    ],
)
def test_months_later(day: str, months: int, later: str) -> None:
    assert months_later(date.fromisoformat(day), months) == date.fromisoformat(later)


def test_a_return_takes_its_own_purchase_back() -> None:
    ledger = extend((), starts_on=date(2026, 1, 15), paid=1, bonus=0, price=9000, source="first")
    ledger += extend(ledger, starts_on=date(2026, 6, 15), paid=1, bonus=0, price=8000, source="second")
    ledger += take_back(ledger, paid=1, bonus=0, price=9000, source="first")
    (left,) = stretches(ledger)
    assert (left.from_date, left.until_date) == (date(2026, 6, 15), date(2026, 7, 15))


@pytest.mark.parametrize(
    ("paid_on", "grace_days", "starts_on"),
    [
        pytest.param("2026-02-15", 0, "2026-01-15", id="on the day after the last: from the old end"),
        pytest.param("2026-02-16", 0, "2026-02-16", id="a day late without grace: from payment"),
        pytest.param("2026-02-25", 10, "2026-01-15", id="on the last day of grace: from the old end"),
        pytest.param("2026-02-26", 10, "2026-02-26", id="a day after grace: from payment"),
    ],
)
def test_late_renewal(paid_on: str, grace_days: int, starts_on: str) -> None:
    ledger = extend((), starts_on=date(2026, 1, 15), paid=1, bonus=0)
    ledger += extend(ledger, starts_on=date.fromisoformat(paid_on), paid=1, bonus=0, grace_days=grace_days)
    found = membership_view(ledger)
    assert found is not None
    assert found.starts_on == date.fromisoformat(starts_on)
