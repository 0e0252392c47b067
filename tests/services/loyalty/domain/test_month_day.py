"""Days of every year, and what becomes of the 29th of February."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as some

from services.loyalty.domain.month_day import LeapDay, days_kept_on, kept_on

LEAP_DAYS: tuple[LeapDay, ...] = ("february_28", "march_1")


@pytest.mark.parametrize(
    ("year", "leap_day", "kept"),
    [
        (2036, "february_28", "2036-02-29"),
        (2036, "march_1", "2036-02-29"),
        (2037, "february_28", "2037-02-28"),
        (2037, "march_1", "2037-03-01"),
        (2100, "march_1", "2100-03-01"),
    ],
)
def test_the_29th_of_february(year: int, leap_day: LeapDay, kept: str) -> None:
    assert kept_on("02-29", year, leap_day) == date.fromisoformat(kept)
    assert kept_on("02-28", year, leap_day) == date(year, 2, 28)


@given(some.dates(date(1970, 1, 1), date(2199, 12, 31)), some.sampled_from(LEAP_DAYS))
def test_a_day_keeps_what_is_kept_on_it(day: date, leap_day: LeapDay) -> None:
    every = {f"{date(2000, 1, 1) + timedelta(days=number):%m-%d}" for number in range(366)}
    assert set(days_kept_on(day, leap_day)) == {one for one in every if kept_on(one, day.year, leap_day) == day}


@given(some.integers(1970, 2199), some.sampled_from(LEAP_DAYS))
def test_every_day_is_kept_once_a_year(year: int, leap_day: LeapDay) -> None:
    days = [date(year, 1, 1) + timedelta(days=number) for number in range(366)]
    kept = [one for day in days if day.year == year for one in days_kept_on(day, leap_day)]
    assert len(kept) == len(set(kept)) == 366
