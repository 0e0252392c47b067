"""When the demo's year takes place: moved by whole weeks, so that it ends just before the tenant was made."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

SHOP_ZONE: Final = ZoneInfo("America/New_York")
BEGIN: Final = datetime(2017, 1, 1, tzinfo=SHOP_ZONE)
END: Final = datetime(2018, 1, 1, tzinfo=SHOP_ZONE)
LAST_DAY: Final = date(2017, 12, 31)
DAYS_IN_WEEK: Final = 7
WEEKS_IN_YEAR: Final = 52


@dataclass(frozen=True)
class Year:
    """The year of the data, so many weeks later. Days of the week and hours in the shop stay as they were."""

    weeks_later: int

    def moved(self, at: datetime) -> datetime:
        """The moment in that year, in UTC."""
        wall = at.astimezone(SHOP_ZONE).replace(tzinfo=None, fold=0) + timedelta(weeks=self.weeks_later)
        return wall.replace(tzinfo=SHOP_ZONE).astimezone(UTC)

    @property
    def begins_at(self) -> datetime:
        """Its first moment in the shop."""
        return self.moved(BEGIN)

    @property
    def ends_at(self) -> datetime:
        """The first moment after it."""
        return self.moved(END)

    @property
    def next(self) -> "Year":
        """The one after it: so many whole weeks later."""
        return Year(self.weeks_later + WEEKS_IN_YEAR)


def year_before(made_at: datetime) -> Year:
    """The year whose last day is one of the seven before the day in the shop on which the tenant was made.

    It depends on nothing else, so every run of the demo moves a basket to the same moment.
    """
    made_on = made_at.astimezone(SHOP_ZONE).date()
    return Year(((made_on - LAST_DAY).days - 1) // DAYS_IN_WEEK)


def shop_day(at: datetime) -> date:
    """The day it was in the shop."""
    return at.astimezone(SHOP_ZONE).date()
