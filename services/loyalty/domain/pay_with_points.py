"""Points as money: at which rate, in which steps, for how much of an order. Source: docs/rules/pay-with-points.md."""

from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field, StrictBool, model_validator

from kernel.points import Rounding
from services.loyalty.domain.basket import MONEY_MAX
from services.loyalty.domain.percent import WHOLE, Percent, percentage
from services.loyalty.domain.refusals.purchases import PointsNotTaken
from services.loyalty.domain.written import UnitName

Count = Annotated[int, Field(strict=True, ge=1, le=1_000_000_000)]


class PayWithPoints(BaseModel):
    """`points` units are worth `worth` minor units of money: of the program's main unit, or of the `unit` named.

    They are taken in whole steps, no fewer than `at_least` units, and for at most `at_most_percent` of what is due.
    What they pay for earns nothing, unless `earns`.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    unit: UnitName | None = None
    points: Count = 1
    worth: Annotated[int, Field(strict=True, ge=1, le=MONEY_MAX)]
    step: Count = 1
    at_least: Count = 1
    at_most_percent: Percent = WHOLE
    earns: StrictBool = False

    @model_validator(mode="after")
    def _a_step_is_whole_money(self) -> Self:
        if self.step * self.worth % self.points:
            raise ValueError("a step of points must be worth whole minor units")
        return self

    @property
    def step_worth(self) -> int:
        """What a step of points is worth, in minor units."""
        return self.step * self.worth // self.points

    def most(self, due: int, available: int) -> int:
        """The most units that can pay for part of `due` minor units, when so many are available; 0 when none can."""
        money = percentage(due, self.at_most_percent, Rounding.DOWN)
        units = min(money // self.step_worth, available // self.step) * self.step
        return units if units >= self.at_least else 0

    def money_for(self, units: int) -> int:
        """What whole steps of units are worth, in minor units."""
        return units // self.step * self.step_worth

    def units_for(self, amount: int, due: int) -> int:
        """How many units pay `amount` of `due`. Raises PointsNotTaken for what is no such number of steps."""
        steps, rest = divmod(amount, self.step_worth)
        units = steps * self.step
        if rest or units < self.at_least or amount > percentage(due, self.at_most_percent, Rounding.DOWN):
            raise PointsNotTaken(amount=amount, most=self.money_for(self.most(due, units)), step=self.step_worth)
        return units
