"""What units are worth in money. Source: docs/reports.md."""

import re
from fractions import Fraction
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from services.loyalty.domain.basket import MONEY_MAX

CURRENCY = re.compile(r"[A-Z]{3}")


class UnitWorth(BaseModel):
    """So many `units` are worth so much `money`, in minor units of the program's currency."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    units: Annotated[int, Field(strict=True, ge=1, le=1_000_000_000)]
    money: Annotated[int, Field(strict=True, ge=1, le=MONEY_MAX)]

    @property
    def of_one(self) -> Fraction:
        """Minor units of money for one unit, exactly."""
        return Fraction(self.money, self.units)


def is_money(unit: str) -> bool:
    """Whether the unit is a currency: one of it is one minor unit."""
    return CURRENCY.fullmatch(unit) is not None
