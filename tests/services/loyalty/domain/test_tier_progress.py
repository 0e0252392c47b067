"""Where a customer stands on the ladder, day by day. Source: docs/rules/tiers.md."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.loyalty.domain.effects import Accrue, Effect, Pay
from services.loyalty.domain.tier_progress import NO_PROGRESS, Admission, Floor, TierRules
from tests.services.loyalty.domain.build import document
from tests.services.loyalty.domain.pages import page_document
from tests.services.loyalty.tiers import GOLD, LADDER

YEAR = {"kind": "calendar", "period": "year"}
MONTH = {"kind": "calendar", "period": "month"}
SIX_MONTHS = {"kind": "rolling", "months": 6}
LIFETIME = {"kind": "lifetime"}
MARCH = date(2026, 3, 10)
A_DAY = timedelta(days=1)


def rules(**tiers: Any) -> TierRules:
    found = document(tiers={"ladder": LADDER, **tiers}).tier_rules
    assert found is not None
    return found


def tier(of: TierRules, days: list[tuple[date, int]], day: date, floor: Floor | None = None) -> str | None:
    found = of.tier_on(of.progress(days), floor, day)
    return found.id if found else None


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        (date(2026, 3, 9), None),
        (date(2026, 3, 10), "gold"),
        (date(2027, 12, 31), "gold"),
        (date(2028, 1, 15), "gold"),
        (date(2028, 1, 16), "silver"),
        (date(2029, 1, 15), "silver"),
        (date(2029, 1, 16), None),
    ],
)
def test_the_page_s_customer(day: date, expected: str | None) -> None:
    of = page_document("tiers").tier_rules
    assert of is not None
    bought = [(MARCH, 5000)] if day >= MARCH else []
    assert tier(of, bought, day) == expected


@pytest.mark.parametrize(
    ("window", "downgrade", "last_day", "then", "until"),
    [
        pytest.param(YEAR, "full_drop", date(2027, 12, 31), None, None, id="year, full drop"),
        pytest.param(YEAR, "at_once", date(2026, 12, 31), None, None, id="year, at once"),
        pytest.param(YEAR, "never", None, None, None, id="year, never"),
        pytest.param(MONTH, "one_step", date(2026, 4, 30), "silver", date(2026, 5, 31), id="month, one step"),
        pytest.param(SIX_MONTHS, "one_step", date(2026, 9, 9), "silver", date(2027, 3, 9), id="rolling, one step"),
        pytest.param(SIX_MONTHS, "full_drop", date(2026, 9, 9), None, None, id="rolling, full drop"),
        pytest.param(SIX_MONTHS, "at_once", date(2026, 9, 9), None, None, id="rolling, at once"),
        pytest.param(LIFETIME, "one_step", None, None, None, id="lifetime"),
    ],
)
def test_how_one_falls(
    window: dict[str, Any], downgrade: str, last_day: date | None, then: str | None, until: date | None
) -> None:
    of = rules(window=window, downgrade=downgrade)
    progress = of.progress([(MARCH, 5000)])
    standing = of.standing(progress, None, MARCH)
    assert (standing.tier and standing.tier.id, standing.ends_on) == ("gold", last_day)
    assert (standing.falls_to.id if standing.falls_to else None) == then
    if last_day is None:
        assert tier(of, [(MARCH, 5000)], date(2090, 1, 1)) == "gold"
        return
    assert tier(of, [(MARCH, 5000)], last_day) == "gold"
    assert tier(of, [(MARCH, 5000)], last_day + A_DAY) == then
    assert of.standing(progress, None, last_day + A_DAY).ends_on == until


def test_the_page_s_two_purchases() -> None:
    of = rules(window=SIX_MONTHS)
    progress = of.progress([(date(2026, 1, 10), 3000), (date(2026, 5, 10), 2000)])
    standing = of.standing(progress, None, date(2026, 6, 1))
    assert (standing.counted, standing.ends_on, standing.needed) == (5000, date(2026, 11, 9), 3000)
    assert standing.next_tier is None
    renewed = of.add(progress, date(2026, 11, 9), 3000)
    assert of.standing(renewed, None, date(2026, 11, 9)).ends_on == date(2027, 5, 8)
    assert of.level(renewed, date(2026, 11, 10)) == of.tiers.level_of("gold")
    too_little = of.add(progress, date(2026, 11, 9), 2999)
    assert of.level(too_little, date(2026, 11, 10)) == of.tiers.level_of("silver")


def test_what_is_missing_and_what_is_needed() -> None:
    of = rules()
    nothing = of.standing(NO_PROGRESS, None, MARCH)
    assert (nothing.tier, nothing.counted, nothing.missing, nothing.needed) == (None, 0, 1000, None)
    silver = of.standing(of.progress([(MARCH, 1200)]), None, MARCH)
    assert (silver.next_tier and silver.next_tier.id, silver.missing, silver.needed) == ("gold", 3800, 0)
    year_after = of.standing(of.progress([(MARCH, 1200), (date(2027, 1, 1), 300)]), None, date(2027, 2, 1))
    assert (year_after.missing, year_after.needed, year_after.ends_on) == (4700, 700, date(2027, 12, 31))
    one_off = rules(window=SIX_MONTHS).standing(of.progress([]), Floor(tier="gold", until=MARCH), MARCH)
    assert (one_off.needed, one_off.falls_to) == (5000, None)


def test_a_purchase_begins_a_rolling_term_anew() -> None:
    of = rules(window=SIX_MONTHS)
    assert of.standing(of.progress([(MARCH, 5000)]), None, MARCH).needed == 1
    again = of.progress([(MARCH, 5000), (date(2026, 9, 9), 1)])
    assert of.standing(again, None, date(2026, 9, 9)).ends_on == date(2027, 3, 8)


def test_everybody_is_in_a_tier_that_asks_for_nothing() -> None:
    member = {"id": "member", "name": GOLD["name"], "threshold": 0}
    of = rules(ladder=[member, *LADDER], downgrade="full_drop")
    assert tier(of, [], MARCH) == "member"
    assert of.standing(NO_PROGRESS, None, MARCH).ends_on is None
    assert tier(of, [(MARCH, 5000)], date(2028, 1, 1)) == "member"


@pytest.mark.parametrize(
    ("given_tier", "day", "expected"),
    [
        pytest.param("gold", date(2026, 6, 30), "gold", id="its last day"),
        pytest.param("gold", date(2026, 7, 1), "silver", id="the day after: what was earned"),
        pytest.param("silver", date(2026, 6, 30), "silver", id="a floor is no ceiling, nor above"),
        pytest.param("bronze", date(2026, 6, 30), "silver", id="a tier that is no more"),
    ],
)
def test_a_floor_by_hand(given_tier: str, day: date, expected: str) -> None:
    floor = Floor(tier=given_tier, until=date(2026, 6, 30))
    assert tier(rules(), [(MARCH, 1000)], day, floor) == expected
    assert tier(rules(), [(MARCH, 5000)], day, floor) == "gold"


def test_a_floor_says_until_when() -> None:
    floor = Floor(tier="gold", until=date(2026, 6, 30))
    of = rules()
    given = of.standing(of.progress([(MARCH, 1000)]), floor, MARCH)
    assert (given.ends_on, given.needed, given.falls_to and given.falls_to.id) == (floor.until, 4000, "silver")
    earned = of.standing(of.progress([(MARCH, 5000)]), floor, MARCH)
    assert earned.ends_on == date(2027, 12, 31)
    longer = Floor(tier="gold", until=date(2030, 6, 30))
    assert of.standing(of.progress([(MARCH, 5000)]), longer, MARCH).ends_on == longer.until


MOMENT = datetime(2026, 3, 10, 21, 0, tzinfo=UTC)
EFFECTS: list[Effect] = [
    Accrue(rule="a", unit="points", amount=30, base=1, spendable_at=MOMENT, expires_at=None),
    Accrue(rule="b", unit="points", amount=12, base=1, spendable_at=MOMENT, expires_at=None),
    Accrue(rule="c", unit="miles", amount=7, base=1, spendable_at=MOMENT, expires_at=None),
    Pay(
        tender="points",
        owner="cus_1",
        unit="points",
        units=100,
        amount=400,
        units_sold=100,
        amount_sold=400,
        due_sold=5000,
    ),
]


@pytest.mark.parametrize(
    ("tiers", "amount"),
    [
        ({}, 42),
        ({"unit": "miles"}, 7),
        ({"basis": "spend"}, 4600),
        ({"basis": "visits"}, 1),
    ],
)
def test_what_a_purchase_counts(tiers: dict[str, Any], amount: int) -> None:
    found = document(tiers={"ladder": LADDER, **tiers}, further_units=[{"unit": "miles"}]).tier_rules
    assert found is not None
    assert found.amount(5000, EFFECTS) == amount


def test_a_day_is_the_shop_s() -> None:
    assert rules().day(MOMENT) == date(2026, 3, 11)


def test_the_key_tells_what_counts_otherwise() -> None:
    named = [LADDER[0], {**GOLD, "name": {"en": "Golden", "ar": "ذهبية"}}]
    assert rules().key == rules(ladder=named, warning_days=3).key
    assert len({rules(**more).key for more in ({}, {"basis": "spend"}, {"downgrade": "never"}, {"grace_days": 1})}) == 4


WINDOWS = st.sampled_from(
    [YEAR, MONTH, {"kind": "calendar", "period": "quarter"}, SIX_MONTHS, {"kind": "rolling", "months": 1}, LIFETIME]
)
POLICIES = st.sampled_from(["one_step", "full_drop", "at_once", "never"])
DAYS = st.dates(date(2026, 1, 1), date(2030, 12, 31))
PURCHASES = st.lists(st.tuples(DAYS, st.integers(0, 3000)), max_size=25).map(sorted)


@given(WINDOWS, POLICIES, PURCHASES, st.integers(0, 900))
def test_counting_on_and_forgetting_changes_nothing(
    window: dict[str, Any], downgrade: str, bought: list[tuple[date, int]], later: int
) -> None:
    grace = 10 if downgrade in ("one_step", "full_drop") else 0
    of = rules(window=window, downgrade=downgrade, grace_days=grace)
    step = NO_PROGRESS
    for day, amount in bought:
        step = of.compact(of.add(step, day, amount))
    whole = of.progress(bought)
    assert step == of.compact(whole)
    day = max([day for day, _amount in bought], default=MARCH) + timedelta(days=later)
    assert of.standing(step, None, day) == of.standing(whole, None, day)
    assert of.level(step, day) == of.level(whole, day)


@given(WINDOWS, POLICIES, PURCHASES, DAYS)
def test_the_last_day_is_the_last_day(
    window: dict[str, Any], downgrade: str, bought: list[tuple[date, int]], day: date
) -> None:
    of = rules(window=window, downgrade=downgrade)
    known = [(when, amount) for when, amount in bought if when <= day]
    progress = of.progress(known)
    standing, level = of.standing(progress, None, day), of.level(progress, day)
    if standing.ends_on is None:
        assert of.level(progress, date(2090, 1, 1)) == level
        return
    assert standing.ends_on >= day
    assert all(of.level(progress, day + (standing.ends_on - day) * part // 4) == level for part in range(5))
    assert of.level(progress, standing.ends_on + A_DAY) < level
    fallen = of.level(progress, standing.ends_on + A_DAY)
    assert downgrade != "one_step" or fallen == level - 1


@given(WINDOWS, POLICIES, PURCHASES, DAYS, DAYS, st.integers(1, 3000))
def test_buying_more_never_lowers(
    window: dict[str, Any], downgrade: str, bought: list[tuple[date, int]], extra: date, day: date, amount: int
) -> None:
    of = rules(window=window, downgrade=downgrade)
    assert of.level(of.progress([*bought, (extra, amount)]), day) >= of.level(of.progress(bought), day)


@given(PURCHASES, DAYS)
def test_who_falls_at_once_stands_where_the_window_puts_them(bought: list[tuple[date, int]], day: date) -> None:
    of = rules(window=YEAR, downgrade="at_once")
    known = [(when, amount) for when, amount in bought if when <= day]
    this_year = sum(amount for when, amount in known if when.year == day.year)
    assert of.level(of.progress(known), day) == of.tiers.level(this_year)


STAFF = {"id": "staff", "name": GOLD["name"], "threshold": 2000, "segment": "staff"}
GATED = [LADDER[0], STAFF, GOLD]
INSIDE, OUTSIDE = Admission(segments=["staff", "vip"]), Admission(segments=["vip"])


@pytest.mark.parametrize(
    ("counted", "admission", "expected", "above", "closed"),
    [
        (900, OUTSIDE, None, ("silver", 100), []),
        (2500, OUTSIDE, "silver", ("gold", 2500), ["staff"]),
        (2500, INSIDE, "staff", ("gold", 2500), []),
        (5000, OUTSIDE, "gold", None, []),
    ],
)
def test_a_tier_for_some(
    counted: int, admission: Admission, expected: str | None, above: tuple[str, int] | None, closed: list[str]
) -> None:
    of = rules(ladder=GATED)
    standing = of.standing(of.progress([(MARCH, counted)]), None, MARCH, admission)
    assert (standing.tier.id if standing.tier else None) == expected
    assert ((standing.next_tier.id, standing.missing) if standing.next_tier else None) == above
    assert [step.id for step in standing.closed] == closed


def test_the_last_tier_may_be_for_some() -> None:
    of = rules(ladder=[LADDER[0], {**GOLD, "segment": "staff"}])
    standing = of.standing(of.progress([(MARCH, 9000)]), None, MARCH)
    assert (standing.tier and standing.tier.id, standing.next_tier, standing.missing) == ("silver", None, None)
    assert [step.id for step in standing.closed] == ["gold"]
    given = of.standing(of.progress([]), Floor(tier="gold", until=MARCH), MARCH)
    assert (given.tier and given.tier.id, given.closed) == ("gold", ()), "by hand it needs no segment"


MAY = date(2026, 5, 1)


@pytest.mark.parametrize(
    ("on_leaving", "more", "last_day", "then"),
    [
        ("at_once", 0, date(2026, 4, 30), "silver"),
        ("end_of_term", 0, date(2027, 12, 31), "silver"),
        ("end_of_term", 2000, date(2027, 12, 31), "silver"),
        ("never", 2000, date(2028, 12, 31), "silver"),
    ],
)
def test_who_leaves_the_segment(on_leaving: str, more: int, last_day: date, then: str) -> None:
    of = rules(ladder=GATED, on_leaving=on_leaving)
    progress = of.progress([(MARCH, 2500)])
    kept = of.kept_on_leaving(progress, INSIDE, "staff", MAY)
    after = Admission(kept={"staff": kept} if kept else {})
    progress = of.add(progress, date(2027, 6, 1), more)
    standing = of.standing(progress, None, MAY, after)
    if on_leaving == "at_once":
        assert (kept, standing.tier and standing.tier.id) == (None, then)
        return
    assert (standing.tier and standing.tier.id, standing.needed is None) == ("staff", on_leaving == "end_of_term")
    for day, expected in ((last_day, "staff"), (last_day + A_DAY, then)):
        found = of.tier_on(progress, None, day, after)
        assert (found.id if found else None) == expected


def test_what_is_kept_is_the_tier_one_is_in_for_that_segment() -> None:
    of = rules(ladder=GATED, on_leaving="never")
    for counted, segment, admission in ((5000, "staff", INSIDE), (2500, "vip", INSIDE), (2500, "staff", OUTSIDE)):
        assert of.kept_on_leaving(of.progress([(MARCH, counted)]), admission, segment, MAY) is None


def test_the_key_is_the_same_while_no_tier_is_for_some() -> None:
    assert len({rules(ladder=GATED, on_leaving=how).key for how in ("at_once", "never")} | {rules().key}) == 3
    assert rules().key == rules(on_leaving="at_once").key


GATES = st.tuples(*[st.sampled_from([None, "a", "b"])] * 3)
ADMISSIONS = st.builds(
    Admission,
    segments=st.sets(st.sampled_from("ab")),
    kept=st.dictionaries(
        st.sampled_from("ab"),
        st.builds(
            lambda tier, until: Floor(tier=tier, until=until), st.sampled_from(["silver", "staff", "gold"]), DAYS
        ),
    ),
)


def gated(gates: tuple[str | None, ...], **tiers: Any) -> TierRules:
    """The ladder with these segments."""
    return rules(ladder=[{**step, "segment": gate} for step, gate in zip(GATED, gates, strict=True)], **tiers)


@given(WINDOWS, POLICIES, GATES, ADMISSIONS, PURCHASES, DAYS)
def test_the_last_day_is_the_last_day_for_some_too(
    window: dict[str, Any],
    downgrade: str,
    gates: tuple[str | None, ...],
    admission: Admission,
    bought: list[tuple[date, int]],
    day: date,
) -> None:
    of = gated(gates, window=window, downgrade=downgrade)
    progress = of.progress([(when, amount) for when, amount in bought if when <= day])
    standing = of.standing(progress, None, day, admission)
    level = of.open_level(progress, admission, day)
    assert standing.tier == of.tier_on(progress, None, day, admission)
    assert level <= of.level(progress, day)
    if standing.ends_on is None:
        assert of.open_level(progress, admission, date(2090, 1, 1)) == level
        return
    assert standing.ends_on >= day
    assert all(of.open_level(progress, admission, day + (standing.ends_on - day) * p // 4) == level for p in range(5))
    assert of.open_level(progress, admission, standing.ends_on + A_DAY) < level
    assert of.compact(progress) == of.compact(of.compact(progress))


@given(WINDOWS, POLICIES, GATES, PURCHASES, DAYS)
def test_who_is_in_every_segment_has_the_whole_ladder_and_who_is_in_none_the_open_one(
    window: dict[str, Any],
    downgrade: str,
    gates: tuple[str | None, ...],
    bought: list[tuple[date, int]],
    day: date,
) -> None:
    of, whole = [gated(each, window=window, downgrade=downgrade) for each in (gates, (None, None, None))]
    progress = of.progress(bought)
    everywhere = Admission(segments=["a", "b"])
    assert of.open_level(progress, everywhere, day) == whole.level(progress, day)
    open_steps = [step for step, gate in zip(GATED, gates, strict=True) if gate is None]
    found = of.tier_on(progress, None, day)
    if downgrade == "one_step" or not open_steps:  # a step is a step, whoever may stand on it
        assert found is None or found.segment is None
        return
    left = rules(ladder=[{**step, "segment": None} for step in open_steps], window=window, downgrade=downgrade).tier_on(
        progress, None, day
    )
    assert (found.id if found else None) == (left.id if left else None)
