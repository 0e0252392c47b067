"""What units wait for before they can be spent. Source: docs/rules/expiry.md."""

from datetime import datetime, timedelta
from typing import Annotated, Literal
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from services.loyalty.domain.local_day import day_end, day_start, local_date
from services.loyalty.domain.month_day import MonthDay, next_of

EventName = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_.-]{0,63}$")]


class PendingDates(BaseModel):
    """Units wait for the beginning of the next of these days of the year; those of the day itself wait for the next."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    kind: Literal["dates"]
    dates: Annotated[tuple[MonthDay, ...], Field(min_length=1, max_length=24)]

    def spendable_at(self, earned_at: datetime, zone: ZoneInfo) -> datetime:
        """When units earned at that moment can be spent, in UTC."""
        tomorrow = local_date(earned_at, zone) + timedelta(days=1)
        return day_start(next_of(self.dates, tomorrow), zone)


class PendingEvent(BaseModel):
    """Units wait until somebody says that this happened; if nobody does within so many local days, they die."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    kind: Literal["event"]
    event: EventName
    within_days: Annotated[int, Field(strict=True, ge=1, le=730)]

    def dies_at(self, earned_at: datetime, zone: ZoneInfo) -> datetime:
        """When units earned at that moment are lost if it has not happened, in UTC."""
        return day_end(local_date(earned_at, zone) + timedelta(days=self.within_days), zone)


Pending = Annotated[PendingDates | PendingEvent, Field(discriminator="kind")]
