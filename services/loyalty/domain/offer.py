"""What the catalogue offers: a benefit, its price, and how many may take it when. Source: docs/rules/rewards.md."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Annotated, Literal, Self
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ConfigDict, Field, model_validator

from services.loyalty.domain.local_day import day_start, local_date, months_later
from services.loyalty.domain.refusals.rewards import RewardLimitReached, RewardNotOpen, RewardSoldOut
from services.loyalty.domain.reward import Benefit
from services.loyalty.domain.rules.rule import RuleId
from services.loyalty.domain.tier import TIERS_MAX
from services.loyalty.domain.written import Day

PRICE_MAX = 10**12
COUNT_MAX = 10**9
A_DAY_MAX = 100

Price = Annotated[int, Field(strict=True, ge=1, le=PRICE_MAX)]
WalletUnit = Annotated[str, Field(pattern=r"^[A-Za-z][A-Za-z0-9_]{0,31}$")]
Stretch = Literal["day", "week", "month", "year", "ever"]


class OfferLimit(BaseModel):
    """At most so many, by one customer or by everyone together, in a day, week, month or year of the shop, or ever."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    at_most: Annotated[int, Field(strict=True, ge=1, le=COUNT_MAX)]
    of: Literal["customer", "everyone"] = "customer"
    per: Stretch = "ever"

    def since(self, at: datetime, zone: ZoneInfo) -> datetime | None:
        """The moment from which redemptions count; None counts all there ever were. Weeks begin on Monday."""
        start = self._period_start(at, zone)
        return day_start(start, zone) if start else None

    def until(self, at: datetime, zone: ZoneInfo) -> datetime | None:
        """The moment at which the next period begins; None where there is none."""
        start = self._period_start(at, zone)
        if start is None:
            return None
        months = {"month": 1, "year": 12}
        if self.per in months:
            return day_start(months_later(start, months[self.per]), zone)
        return day_start(start + timedelta(days=7 if self.per == "week" else 1), zone)

    def _period_start(self, at: datetime, zone: ZoneInfo) -> date | None:
        today = local_date(at, zone)
        starts = {
            "day": today,
            "week": today - timedelta(days=today.weekday()),
            "month": today.replace(day=1),
            "year": today.replace(month=1, day=1),
        }
        return starts.get(self.per)


class Automatic(BaseModel):
    """The reward is taken without anybody asking, whenever its price and `leave` units more can be spent.

    At most `at_most` a day for one customer: who would get more of them has more likely met a mistake.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    leave: Annotated[int, Field(strict=True, ge=0, le=PRICE_MAX)] = 0
    at_most: Annotated[int, Field(strict=True, ge=1, le=A_DAY_MAX)] = 10


class Offer(BaseModel):
    """A benefit for `price` units, or for those of `tier_prices` in some tiers.

    `stock` is how many there are to give in all, those taken included. Both days of the window are inside it.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    price: Price
    unit: WalletUnit = "points"
    tier_prices: Annotated[dict[RuleId, Price], Field(max_length=TIERS_MAX)] = {}
    benefit: Benefit
    stock: Annotated[int, Field(strict=True, ge=0, le=COUNT_MAX)] | None = None
    limits: Annotated[tuple[OfferLimit, ...], Field(max_length=10)] = ()
    starts_on: Day | None = None
    ends_on: Day | None = None
    automatic: Automatic | None = None

    @model_validator(mode="after")
    def _ends_after_it_starts(self) -> Self:
        if self.starts_on and self.ends_on and self.ends_on < self.starts_on:
            raise ValueError("the offer ends before it starts")
        return self

    def price_for(self, tiers: Sequence[str]) -> int:
        """The price for who stands in these tiers, their own first and then those below it: the first that has one."""
        return next((self.tier_prices[tier] for tier in tiers if tier in self.tier_prices), self.price)

    @property
    def cheapest(self) -> int:
        """What it costs where it costs least."""
        return min([self.price, *self.tier_prices.values()])

    def check_open(self, today: date) -> None:
        """Raises RewardNotOpen outside the window."""
        if (self.starts_on and today < self.starts_on) or (self.ends_on and today > self.ends_on):
            raise RewardNotOpen(starts_on=self.starts_on, ends_on=self.ends_on)

    def check_stock(self, taken: int) -> None:
        """Raises RewardSoldOut when as many were taken as there are."""
        if self.stock is not None and taken >= self.stock:
            raise RewardSoldOut(stock=self.stock)


def check_limit(limit: OfferLimit, taken: int) -> None:
    """`taken` is how many were taken since the limit's `since`. Raises RewardLimitReached."""
    if taken >= limit.at_most:
        raise RewardLimitReached(at_most=limit.at_most, of=limit.of, per=limit.per)
