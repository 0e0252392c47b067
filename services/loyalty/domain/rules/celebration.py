"""An award on a day that comes every year: a birthday, or the day on which a customer came.

Source: docs/rules/celebration.md.
"""

from abc import abstractmethod
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Annotated, ClassVar, Literal, Self

from pydantic import Field, model_validator

from services.loyalty.domain.award import Award
from services.loyalty.domain.conditions import Subject
from services.loyalty.domain.month_day import LeapDay, days_kept_on
from services.loyalty.domain.occasion import Occasion
from services.loyalty.domain.rules.rule import RuleDocument
from services.loyalty.domain.written import YEAR_MIN

Days = Annotated[int, Field(strict=True, ge=0, le=30)]


class Celebration(RuleDocument):
    """The `award`, once a year, `days_before` the day; who is heard of late has it until `days_after` the day."""

    needs_customer: ClassVar[bool] = True
    asks: ClassVar[frozenset[Subject]] = frozenset({"customer", "moment"})

    award: Award
    days_before: Days = 0
    days_after: Days = 7
    leap_day: LeapDay = "february_28"

    @model_validator(mode="after")
    def _comes_once_a_year(self) -> Self:
        if self.limits or self.cool_down or self.group:
            raise ValueError("it is given once a year and looks at no basket: leave out limits, cool_down and group")
        return self

    def window(self, today: date) -> Iterator[date]:
        """The days whose award may be given today."""
        for days in range(-self.days_after, self.days_before + 1):
            yield today + timedelta(days=days)

    @abstractmethod
    def remembered(self, today: date) -> Iterator[tuple[str, date]]:
        """What customers have who celebrate now, as text, and the day on which they do."""

    def apply(self, occasion: Occasion) -> None:
        """Give the award."""
        occasion.effects.extend(self.award.effects(self.id, occasion.terms, occasion.at))


class Birthday(Celebration):
    """The award for a birthday, of which only month and day are known."""

    kind: Literal["birthday"]

    def remembered(self, today: date) -> Iterator[tuple[str, date]]:
        """Each month and day that is kept in the window."""
        for day in self.window(today):
            for month_day in days_kept_on(day, self.leap_day):
                yield month_day, day


class Anniversary(Celebration):
    """The award for another whole year since the customer came."""

    kind: Literal["anniversary"]

    def remembered(self, today: date) -> Iterator[tuple[str, date]]:
        """Each day of earlier years that is kept in the window."""
        for day in self.window(today):
            for month_day in days_kept_on(day, self.leap_day):
                for year in range(YEAR_MIN, day.year):
                    if month_day != "02-29" or year % 4 == 0:
                        yield f"{year}-{month_day}", day
