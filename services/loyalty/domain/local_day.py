"""Days as the shop lives them: from local midnight to local midnight, whatever the clocks do in between."""

from calendar import monthrange
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo


def local_date(at: datetime, zone: ZoneInfo) -> date:
    """The day it is in the shop."""
    return at.astimezone(zone).date()


def day_start(day: date, zone: ZoneInfo) -> datetime:
    """The first moment of the day, in UTC. Where midnight is skipped, the moment at which the clocks jump."""
    return datetime.combine(day, time.min, zone).astimezone(UTC)


def day_end(day: date, zone: ZoneInfo) -> datetime:
    """The first moment after the day, in UTC: what is valid until that day is valid before this moment."""
    return day_start(day + timedelta(days=1), zone)


def days_later(at: datetime, days: int, zone: ZoneInfo) -> datetime:
    """The same time by the shop's clock so many days later, in UTC."""
    return (at.astimezone(zone) + timedelta(days=days)).astimezone(UTC)


def months_later(day: date, months: int) -> date:
    """The same day of a later month, or that month's last day where it has no such day."""
    years, month = divmod(day.month - 1 + months, 12)
    year = day.year + years
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def month_end(day: date) -> date:
    """The last day of the day's month."""
    return day.replace(day=monthrange(day.year, day.month)[1])
