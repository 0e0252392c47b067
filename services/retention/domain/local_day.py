"""Days as the shop lives them."""

from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo


def local_date(at: datetime, zone: ZoneInfo) -> date:
    """The day it is in the shop."""
    return at.astimezone(zone).date()


def day_start(day: date, zone: ZoneInfo) -> datetime:
    """The first moment of the day, in UTC. Where midnight is skipped, the moment at which the clocks jump."""
    return datetime.combine(day, time.min, zone).astimezone(UTC)
