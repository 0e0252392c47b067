"""Freezing, goodwill, cancellation and change of plan, against an oracle that lives every single day."""

from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.loyalty.domain.membership import (
    TimeEntry,
    add,
    cut,
    extend,
    freeze,
    last_day,
    membership_view,
    repriced,
    resume,
    stretches,
    take_back,
)
from services.loyalty.domain.membership_term import DAY, Part
from services.loyalty.domain.plan import Plan, worth
from services.loyalty.domain.refusals.memberships import FreezeInvalid, MembershipNotFrozen, MembershipOver
from tests.services.loyalty.domain.build import NAME

GYM = Plan.model_validate({"id": "gym", "name": NAME})


def day(text: str) -> date:
    return date.fromisoformat(text)


YEAR = extend((), starts_on=day("2026-01-15"), paid=12, bonus=3, price=120_000, source="pur_1")


def laid_out(entries: tuple[TimeEntry, ...]) -> list[tuple[str, str, str | None]]:
    return [
        (each.kind, str(each.from_date), str(each.until_date) if each.until_date else None)
        for each in stretches(entries)
    ]


def test_frozen_days_push_the_end() -> None:
    frozen = (*YEAR, freeze(YEAR, from_date=day("2026-03-01"), until_date=day("2026-03-31")))
    assert laid_out(frozen) == [
        ("paid", "2026-01-15", "2026-03-01"),
        ("frozen", "2026-03-01", "2026-03-31"),
        ("paid", "2026-03-31", "2027-02-14"),
        ("bonus", "2027-02-14", "2027-05-15"),
    ]


def test_an_open_freeze_has_no_end_until_it_is_resumed() -> None:
    frozen = (*YEAR, freeze(YEAR, from_date=day("2026-03-01"), until_date=None))
    view = membership_view(frozen)
    assert view is not None
    assert (view.ends_on, view.paid_until, view.frozen_from, view.frozen_until) == (
        None,
        None,
        day("2026-03-01"),
        None,
    )
    assert laid_out(frozen) == [("paid", "2026-01-15", "2026-03-01"), ("frozen", "2026-03-01", None)]
    resumed = (*frozen, resume(frozen, on=day("2026-03-11")))
    assert last_day(resumed) == day("2027-04-14") + timedelta(days=10)


def test_a_freeze_resumed_early_gives_the_planned_days_back() -> None:
    frozen = (*YEAR, freeze(YEAR, from_date=day("2026-03-01"), until_date=day("2026-03-31")))
    resumed = (*frozen, resume(frozen, on=day("2026-03-06")))
    assert last_day(resumed) == day("2027-04-14") + timedelta(days=5)


def test_a_freeze_resumed_before_it_began_leaves_nothing() -> None:
    frozen = (*YEAR, freeze(YEAR, from_date=day("2026-03-01"), until_date=day("2026-03-31")))
    assert laid_out((*frozen, resume(frozen, on=day("2026-02-01")))) == laid_out(YEAR)


def test_bought_while_frozen_follows_the_time_there_is() -> None:
    frozen = (*YEAR, freeze(YEAR, from_date=day("2026-03-01"), until_date=None))
    renewed = (*frozen, *extend(frozen, starts_on=day("2029-01-01"), paid=12, bonus=0))
    resumed = (*renewed, resume(renewed, on=day("2029-03-01")))
    assert last_day(resumed) == day("2028-04-14") + (day("2029-03-01") - day("2026-03-01"))


def test_a_plan_limits_how_long() -> None:
    month = (*YEAR, freeze(YEAR, from_date=day("2026-03-01"), until_date=None, days_max=30))
    assert membership_view(month) is not None
    assert laid_out(month)[1] == ("frozen", "2026-03-01", "2026-03-31")
    with pytest.raises(FreezeInvalid):
        freeze(month, from_date=day("2026-06-01"), until_date=day("2026-06-02"), days_max=30)


@pytest.mark.parametrize(
    ("begin", "end", "refusal"),
    [
        pytest.param("2027-04-15", "2027-05-01", MembershipOver, id="after the end"),
        pytest.param("2026-01-14", "2026-02-01", MembershipOver, id="before the beginning"),
        pytest.param("2026-02-01", "2026-02-01", FreezeInvalid, id="no day"),
        pytest.param("2026-02-01", "2026-01-31", FreezeInvalid, id="backwards"),
    ],
)
def test_no_such_freeze(begin: str, end: str, refusal: type[Exception]) -> None:
    with pytest.raises(refusal):
        freeze(YEAR, from_date=day(begin), until_date=day(end))


def test_no_freeze_beside_another_and_none_to_resume() -> None:
    frozen = (*YEAR, freeze(YEAR, from_date=day("2026-03-01"), until_date=day("2026-03-31")))
    with pytest.raises(FreezeInvalid):
        freeze(frozen, from_date=day("2026-03-15"), until_date=None)
    for entries in (YEAR, (*frozen, resume(frozen, on=day("2026-03-15")))):
        with pytest.raises(MembershipNotFrozen):
            resume(entries, on=day("2026-04-01"))


def test_goodwill_comes_after_what_there_is_and_before_what_is_bought_later() -> None:
    kind = (*YEAR, *add(YEAR, [Part("goodwill", days=5)], starts_on=day("2026-02-01"), cause="goodwill"))
    renewed = (*kind, *extend(kind, starts_on=day("2026-03-01"), paid=1, bonus=0))
    assert laid_out(renewed)[2:] == [("goodwill", "2027-04-15", "2027-04-20"), ("paid", "2027-04-20", "2027-05-20")]


@pytest.mark.parametrize(
    ("terms", "refunds"),
    [
        pytest.param({}, (0, 78_246), id="238 of 365 paid days; the gift is forfeited"),
        pytest.param({"refund": "all_days"}, (0, 86_505), id="328 of 455 days, the gift counted as bought"),
        pytest.param({"refund": "none"}, (0, 0), id="nothing"),
    ],
)
def test_refund_of_a_cancelled_year(terms: dict[str, str], refunds: tuple[int, ...]) -> None:
    """A year and three months for 1,200.00, cancelled with 238 paid days and 90 bonus days left."""
    _, unused = cut(YEAR, last_day=day("2026-05-21"), cause="cancellation")
    assert [(each.kind, each.days, each.days_total) for each in unused] == [("bonus", 90, 90), ("paid", 238, 365)]
    assert Plan.model_validate({"id": "gym", "name": NAME, **terms}).refunds(unused) == refunds


def test_cancelled_in_the_middle_of_a_freeze() -> None:
    frozen = (*YEAR, freeze(YEAR, from_date=day("2026-03-01"), until_date=None))
    taken, unused = cut(frozen, last_day=day("2026-03-20"), cause="cancellation")
    assert sum(each.days for each in unused if each.kind == "paid") == 365 - 45
    over = (*frozen, *taken)
    assert laid_out(over) == [("paid", "2026-01-15", "2026-03-01")]
    renewed = (*over, *extend(over, starts_on=day("2026-09-01"), paid=1, bonus=0))
    assert laid_out(renewed)[1:] == [("paid", "2026-09-01", "2026-10-01")]


def test_a_purchase_returned_after_its_membership_was_cancelled_leaves_nothing() -> None:
    taken, _ = cut(YEAR, last_day=day("2026-05-21"), cause="cancellation")
    over = (*YEAR, *taken)
    assert laid_out((*over, *take_back(over, paid=12, bonus=3, source="pur_1"))) == []
    # The months that come back are the last ones, which the cancellation had taken already.
    assert last_day((*over, *take_back(over, paid=6, bonus=0, source="pur_1"))) == last_day(over)


def test_cancelled_twice() -> None:
    taken, _ = cut(YEAR, last_day=day("2026-05-21"), cause="cancellation")
    with pytest.raises(MembershipOver):
        cut((*YEAR, *taken), last_day=day("2026-05-21"), cause="cancellation")


Step = tuple[str, int, int]
steps = st.lists(
    st.tuples(st.sampled_from(["buy", "goodwill", "freeze", "open", "resume"]), st.integers(0, 40), st.integers(0, 13)),
    max_size=12,
)


@dataclass
class LivedDayByDay:
    """A membership without arithmetic: a queue of days to live, and a calendar on which each is lived or frozen."""

    start: date
    months: int = 0
    given: int = 0
    queue: list[str] = field(default_factory=list)
    frozen: set[date] = field(default_factory=set)
    open_since: date | None = None

    def month_ends(self) -> Iterator[date]:
        """The first days of the second, third, … month: the same day of a month, or its last one."""
        each, passed = self.start, 0
        while True:
            each += DAY
            months = (each.year - self.start.year) * 12 + each.month - self.start.month
            is_last = (each + DAY).month != each.month
            if months == passed + 1 and (each.day == self.start.day or (is_last and each.day < self.start.day)):
                passed += 1
                yield each

    def add_months(self, months: int, kind: str) -> None:
        ends = self.month_ends()
        lived = [self.start, *(next(ends) for _ in range(self.months + months))]
        self.queue += [kind] * (lived[-1] - lived[self.months]).days
        self.months += months

    def calendar(self, until: date) -> list[tuple[date, str]]:
        left, lived, each = list(self.queue), [], self.start
        while left and each < until:
            still = each in self.frozen or (self.open_since is not None and each >= self.open_since)
            lived.append((each, "frozen" if still else left.pop(0)))
            each += DAY
        return lived

    def freeze(self, begin: date, days: int) -> None:
        self.frozen |= {begin + timedelta(days=n) for n in range(days)}

    def resume(self, on: date) -> None:
        if self.open_since is not None:
            self.freeze(self.open_since, (on - self.open_since).days)
            self.open_since = None
        self.frozen = {each for each in self.frozen if each < on}


def step(entries: tuple[TimeEntry, ...], oracle: LivedDayByDay, what: str, today: date, n: int) -> Sequence[TimeEntry]:
    """Do the same to both; answers the entries it makes."""
    if what == "buy":
        added = extend(entries, starts_on=today, paid=n, bonus=1)
        oracle.add_months(n, "paid")
        oracle.add_months(1, "bonus")
        return added
    if what == "goodwill":
        oracle.queue += ["goodwill"] * n
        return add(entries, [Part("goodwill", days=n)], starts_on=today, cause="goodwill")
    if what == "freeze":
        frozen = freeze(entries, from_date=today, until_date=today + timedelta(days=n))
        oracle.freeze(today, n)
        return [frozen]
    if what == "open":
        frozen = freeze(entries, from_date=today, until_date=None)
        oracle.open_since = today
        return [frozen]
    resumed = resume(entries, on=today)
    oracle.resume(today)
    return [resumed]


@given(st.dates(date(2023, 12, 28), date(2028, 3, 2)), st.integers(1, 14), steps)
def test_every_day_is_as_it_was_lived(start: date, first: int, later: list[Step]) -> None:
    entries = extend((), starts_on=start, paid=first, bonus=2)
    oracle = LivedDayByDay(start)
    oracle.add_months(first, "paid")
    oracle.add_months(2, "bonus")
    today = start
    for what, passing, amount in later:
        today += timedelta(days=passing)
        if today > last_day(entries) and oracle.open_since is None:
            break
        with suppress(FreezeInvalid, MembershipNotFrozen):
            entries = (*entries, *step(entries, oracle, what, today, amount))
    lived = oracle.calendar(oracle.open_since + timedelta(days=90) if oracle.open_since else date.max)
    shown = {
        each.from_date + timedelta(days=n): each.kind
        for each in stretches(entries)
        for n in range(90 if each.days is None else each.days)
    }
    assert shown == dict(lived)
    if oracle.open_since is None:
        assert last_day(entries) == lived[-1][0]


@given(
    st.dates(date(2023, 12, 28), date(2028, 3, 2)),
    st.lists(st.tuples(st.integers(1, 14), st.integers(0, 4), st.integers(0, 10**6)), min_size=1, max_size=4),
    st.integers(-3, 1500),
    st.none() | st.tuples(st.integers(0, 400), st.integers(1, 60)),
)
def test_what_was_used_and_what_is_refunded_add_up(
    start: date, bought: list[tuple[int, int, int]], lasting: int, frozen: tuple[int, int] | None
) -> None:
    entries: tuple[TimeEntry, ...] = ()
    for number, (paid, bonus, price) in enumerate(bought):
        entries += extend(entries, starts_on=start, paid=paid, bonus=bonus, price=price, source=f"pur_{number}")
    if frozen and start + timedelta(days=frozen[0]) <= last_day(entries):
        begin = start + timedelta(days=frozen[0])
        entries = (*entries, freeze(entries, from_date=begin, until_date=begin + timedelta(days=frozen[1])))
    whole = Counter({each.kind: 0 for each in stretches(entries)})
    for each in stretches(entries):
        whole[each.kind] += each.days or 0
    cancelled_on = start + timedelta(days=lasting)
    try:
        taken, unused = cut(entries, last_day=cancelled_on, cause="cancellation")
    except MembershipOver:
        assert cancelled_on >= last_day(entries)
        return
    refunds = GYM.refunds(unused)
    after = (*entries, *repriced(taken, refunds))
    used = Counter[str]()
    for each in stretches(after):
        used[each.kind] += each.days or 0
    for kind in ("paid", "bonus"):
        assert used[kind] + sum(each.days for each in unused if each.kind == kind) == whole[kind]
    assert not stretches(after) or last_day(after) <= cancelled_on
    assert sum(entry.price for entry in after) == sum(price for _, _, price in bought) - sum(refunds)
    assert refunds == worth(unused)
    assert all(0 <= refund <= each.price for refund, each in zip(refunds, unused, strict=True))
