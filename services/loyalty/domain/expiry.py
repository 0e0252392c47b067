"""When units can be spent, and when they die. Source: docs/rules/expiry.md."""

from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Annotated, Literal, Self
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ConfigDict, Field, model_validator

from services.loyalty.domain.local_day import day_end, local_date, month_end, months_later
from services.loyalty.domain.month_day import MonthDay, next_of


class Never(BaseModel):
    """Units stay until they are spent."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    kind: Literal["never"]


class Span(BaseModel):
    """So many months or days, to the end of the last local day, month, quarter or year."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    months: Annotated[int, Field(strict=True, ge=1, le=600)] | None = None
    days: Annotated[int, Field(strict=True, ge=1, le=18_000)] | None = None
    round_to: Literal["day", "month", "quarter", "year"] = "day"

    @model_validator(mode="after")
    def _has_one_length(self) -> Self:
        if (self.months is None) == (self.days is None):
            raise ValueError("give either months or days")
        return self

    def last_day(self, start: date) -> date:
        """The last day on which units counted from `start` can be spent."""
        day = months_later(start, self.months) if self.months else start + timedelta(days=self.days or 0)
        match self.round_to:
            case "day":
                return day
            case "month":
                return month_end(day)
            case "quarter":
                return month_end(months_later(day.replace(day=1), -day.month % 3))
            case "year":
                return day.replace(month=12, day=31)


class Rolling(Span):
    """Units live for so long, counted from when they were earned or could be spent."""

    kind: Literal["rolling"]


class Sliding(Span):
    """Units live for so long after the customer last bought or spent something.

    Source: docs/adr/0030-sliding-wallets.md.
    """

    kind: Literal["sliding"]


class Dates(BaseModel):
    """Units live until the end of the next of these days of the year, and of the one after it when that is too soon.

    `days_min` is how long they live at the least.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    kind: Literal["dates"]
    dates: Annotated[tuple[MonthDay, ...], Field(min_length=1, max_length=24)]
    days_min: Annotated[int, Field(strict=True, ge=0, le=3660)] = 0

    def last_day(self, start: date) -> date:
        """The last day on which units counted from `start` can be spent."""
        return next_of(self.dates, start + timedelta(days=self.days_min))


Expiry = Annotated[Never | Rolling | Dates | Sliding, Field(discriminator="kind")]


def expires_at(expiry: Expiry, counted_from: datetime, zone: ZoneInfo) -> datetime | None:
    """The moment from which the units can no longer be spent, in UTC; none when they never expire."""
    if isinstance(expiry, Never):
        return None
    return _end(expiry, local_date(counted_from, zone), zone)


# All that is earned on a day dies together.
@lru_cache(maxsize=1000)
def _end(expiry: Rolling | Dates | Sliding, counted_from: date, zone: ZoneInfo) -> datetime:
    return day_end(expiry.last_day(counted_from), zone)
