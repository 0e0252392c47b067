"""Who did most in a time, and what the best of them win. Source: docs/rules/leaderboards.md."""

from datetime import date, datetime, timedelta
from typing import Annotated, Literal, NamedTuple, Self
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ConfigDict, Field, model_validator

from services.loyalty.domain.award import Award
from services.loyalty.domain.local_day import day_end, day_start
from services.loyalty.domain.name import Name
from services.loyalty.domain.period import next_start
from services.loyalty.domain.tier import Basis
from services.loyalty.domain.written import UnitName, WholeDay

PLACES_MAX = 1000


class PlacePrize(BaseModel):
    """The award for each place from the one after the prize before up to and with `up_to`."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    up_to: Annotated[int, Field(strict=True, ge=1, le=PLACES_MAX)]
    award: Award


class Round(NamedTuple):
    """A time in which it is counted: days in the shop, both inside."""

    starts_on: date
    ends_on: date

    def span(self, zone: ZoneInfo) -> tuple[datetime, datetime]:
        """Its first moment, and the first one after it."""
        return day_start(self.starts_on, zone), day_end(self.ends_on, zone)


class LeaderboardTerms(BaseModel):
    """What a leaderboard counts, in which rounds, and what the places win.

    With `per`, each calendar week or month is a round, from the one of `starts_on` on; the last ends with `ends_on`, if
    there is one. Without it there is one round, from `starts_on` to `ends_on`.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: Name
    measure: Basis = "earned"
    unit: UnitName | None = None
    per: Literal["week", "month"] | None = None
    starts_on: WholeDay
    ends_on: WholeDay | None = None
    prizes: Annotated[tuple[PlacePrize, ...], Field(max_length=20)] = ()

    @model_validator(mode="after")
    def _ends_some_time(self) -> Self:
        if self.per is None and self.ends_on is None:
            raise ValueError("say per what it is counted, or when it ends")
        if self.ends_on is not None and self.ends_on < self.starts_on:
            raise ValueError("ends_on is before starts_on")
        return self

    @model_validator(mode="after")
    def _counts_units_only_if_earned(self) -> Self:
        if self.unit is not None and self.measure != "earned":
            raise ValueError("a unit is for what is earned: leave it out")
        return self

    @model_validator(mode="after")
    def _gives_each_place_one_prize(self) -> Self:
        bounds = [prize.up_to for prize in self.prizes]
        if bounds != sorted(set(bounds)):
            raise ValueError("the prizes go from the first place down, each further than the one before")
        return self

    def round_from(self, day: date) -> Round:
        """The round that begins that day."""
        ends_on = self.ends_on if self.per is None else next_start(self.per, day) - timedelta(days=1)
        assert ends_on is not None
        return Round(day, ends_on if self.ends_on is None else min(ends_on, self.ends_on))

    def round_after(self, round_: Round) -> Round | None:
        """The next round, if there is one."""
        day = round_.ends_on + timedelta(days=1)
        if self.per is None or (self.ends_on is not None and day > self.ends_on):
            return None
        return self.round_from(day)
