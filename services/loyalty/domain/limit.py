"""How often, and how much, a rule may give. Source: docs/rules/limits.md, docs/rules/budgets.md."""

from datetime import UTC, datetime, timedelta
from typing import Annotated, Literal, Self
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ConfigDict, Field, model_validator

from services.loyalty.domain.basket import MONEY_MAX
from services.loyalty.domain.local_day import days_later

Measure = Literal["uses", "units", "money"]
Per = Literal["sale", "day", "week", "month", "quarter", "year", "ever"]
Each = Literal["customer", "store", "everyone"]


class Limit(BaseModel):
    """A rule gives at most so much per period: to each customer, in each store, or to everyone together.

    A use is a sale in which the rule did something. Units are what it gave of a wallet, of an article, of stamps or of
    bonus months; money is what it took off, in minor units. What is shared by a store or by everyone is its budget.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    at_most: Annotated[int, Field(strict=True, ge=1, le=MONEY_MAX)]
    of: Measure = "uses"
    per: Per = "ever"
    each: Each = "customer"
    when_passed: Literal["refuse", "give_what_is_left"] = "refuse"

    @model_validator(mode="after")
    def _limits_something(self) -> Self:
        if self.per == "sale" and self.of == "uses":
            raise ValueError("a sale uses a rule once: limit its units or its money per sale")
        if self.per == "sale" and self.each != "customer":
            raise ValueError("a limit per sale is for each sale by itself: leave out `each`")
        if self.of == "uses" and self.when_passed == "give_what_is_left":
            raise ValueError("a use is whole: only units and money can be given in part")
        return self

    @property
    def condition(self) -> str:
        """What a miss calls it: the units or money that customers share are a budget."""
        return "budget" if self.each != "customer" and self.of != "uses" else "limit"

    @property
    def needs_customer(self) -> bool:
        """Whether it cannot be counted without a customer."""
        return self.each == "customer" and self.per != "sale"


class CoolDown(BaseModel):
    """How long the same customer waits for the rule's next use: days by the shop's clock, or hours."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    days: Annotated[int, Field(strict=True, ge=1, le=366)] | None = None
    hours: Annotated[int, Field(strict=True, ge=1, le=8784)] | None = None

    @model_validator(mode="after")
    def _lasts_one_time(self) -> Self:
        if (self.days is None) == (self.hours is None):
            raise ValueError("give either days or hours")
        return self

    def ends_at(self, used_at: datetime, zone: ZoneInfo) -> datetime:
        """When the rule can be used again after a use at that moment, in UTC."""
        if self.days is not None:
            return days_later(used_at, self.days, zone)
        assert self.hours is not None
        return used_at.astimezone(UTC) + timedelta(hours=self.hours)
