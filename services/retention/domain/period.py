"""A stretch of whole days in the tenant's time zone, and the stretch of the same length before it."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from services.retention.domain.local_day import day_start
from services.retention.domain.refusals import InvalidPeriod

DAYS_MAX = 3_660


@dataclass(frozen=True, slots=True)
class Period:
    """From the first day to the last, both included.

    Who came in the `days` before it are the customers at its start. Source: docs/retention.md, "The period".
    """

    first_on: date
    last_on: date
    zone: ZoneInfo

    @property
    def days(self) -> int:
        """How many days it has."""
        return (self.last_on - self.first_on).days + 1

    @property
    def before_starts_at(self) -> datetime:
        """The first moment of the stretch before it."""
        return day_start(self.first_on - timedelta(days=self.days), self.zone)

    @property
    def starts_at(self) -> datetime:
        """Its first moment."""
        return day_start(self.first_on, self.zone)

    @property
    def ends_at(self) -> datetime:
        """The first moment after it."""
        return day_start(self.last_on + timedelta(days=1), self.zone)


def period_of(first_on: date, last_on: date, zone: ZoneInfo) -> Period:
    """The period between two days. Raises InvalidPeriod when it ends before it begins, is too long, or too far away."""
    period = Period(first_on, last_on, zone)
    earliest, latest = date.min + timedelta(days=DAYS_MAX + 1), date.max - timedelta(days=2)
    if not 1 <= period.days <= DAYS_MAX or first_on < earliest or last_on > latest:
        raise InvalidPeriod(days_max=DAYS_MAX)
    return period
