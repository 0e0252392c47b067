"""Days, weeks, months, quarters and years as the shop's calendar has them."""

from datetime import date, timedelta
from typing import Literal

from services.loyalty.domain.local_day import months_later

Period = Literal["day", "week", "month", "quarter", "year"]


def period_start(period: Period, day: date) -> date:
    """The first day of the period that the day lies in. Weeks begin on Monday."""
    match period:
        case "day":
            return day
        case "week":
            return day - timedelta(days=day.weekday())
        case "month":
            return day.replace(day=1)
        case "quarter":
            return date(day.year, (day.month - 1) // 3 * 3 + 1, 1)
        case "year":
            return date(day.year, 1, 1)


def earlier_start(period: Period, day: date, ago: int) -> date:
    """The first day of the period so many before the one that the day lies in."""
    start = period_start(period, day)
    for _ in range(ago):
        start = period_start(period, start - timedelta(days=1))
    return start


def next_start(period: Period, day: date) -> date:
    """The first day of the period after the one that the day lies in."""
    start = period_start(period, day)
    match period:
        case "day":
            return start + timedelta(days=1)
        case "week":
            return start + timedelta(days=7)
        case "month":
            return months_later(start, 1)
        case "quarter":
            return months_later(start, 3)
        case "year":
            return date(start.year + 1, 1, 1)
