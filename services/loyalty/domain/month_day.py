"""Days that come every year, written as `12-31`."""

from collections.abc import Iterable
from datetime import date
from typing import Annotated, Literal

from pydantic import AfterValidator, StringConstraints

LEAP_YEAR = 2000
# When the 29th of February is kept in a year that has none.
LeapDay = Literal["february_28", "march_1"]


def _on_a_calendar(text: str) -> str:
    date.fromisoformat(f"{LEAP_YEAR}-{text}")
    return text


MonthDay = Annotated[str, StringConstraints(pattern=r"^[0-9]{2}-[0-9]{2}$"), AfterValidator(_on_a_calendar)]


def next_of(days: Iterable[MonthDay], start: date) -> date:
    """The first of these days that is not before `start`. The 29th of February is the 28th where there is none."""
    return min(day for month_day in days for day in _this_and_next(month_day, start.year) if day >= start)


def kept_on(month_day: MonthDay, year: int, leap_day: LeapDay) -> date:
    """The day of a year on which a day of every year is kept."""
    day = _in_year(year, *map(int, month_day.split("-")))
    missing = month_day == "02-29" and day.day == 28
    return date(year, 3, 1) if missing and leap_day == "march_1" else day


def days_kept_on(day: date, leap_day: LeapDay) -> list[MonthDay]:
    """The days of every year that are kept on this day."""
    return [kept for kept in dict.fromkeys((f"{day:%m-%d}", "02-29")) if kept_on(kept, day.year, leap_day) == day]


def _this_and_next(month_day: MonthDay, year: int) -> tuple[date, date]:
    month, day = map(int, month_day.split("-"))
    return _in_year(year, month, day), _in_year(year + 1, month, day)


def _in_year(year: int, month: int, day: int) -> date:
    try:
        return date(year, month, day)
    except ValueError:
        return date(year, month, day - 1)
