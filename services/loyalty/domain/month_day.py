"""Days that come every year, written as `12-31`."""

from collections.abc import Iterable
from datetime import date
from typing import Annotated

from pydantic import AfterValidator, StringConstraints

LEAP_YEAR = 2000


def _on_a_calendar(text: str) -> str:
    date.fromisoformat(f"{LEAP_YEAR}-{text}")
    return text


MonthDay = Annotated[str, StringConstraints(pattern=r"^[0-9]{2}-[0-9]{2}$"), AfterValidator(_on_a_calendar)]


def next_of(days: Iterable[MonthDay], start: date) -> date:
    """The first of these days that is not before `start`. The 29th of February is the 28th where there is none."""
    return min(day for month_day in days for day in _this_and_next(month_day, start.year) if day >= start)


def _this_and_next(month_day: MonthDay, year: int) -> tuple[date, date]:
    month, day = map(int, month_day.split("-"))
    return _in_year(year, month, day), _in_year(year + 1, month, day)


def _in_year(year: int, month: int, day: int) -> date:
    try:
        return date(year, month, day)
    except ValueError:
        return date(year, month, day - 1)
