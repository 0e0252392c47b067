"""What a customer is given for something other than a purchase. Source: docs/rules/awards.md."""

from datetime import datetime
from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from services.loyalty.domain.effects import Accrue, IssueVoucher
from services.loyalty.domain.reward import Reward
from services.loyalty.domain.terms import Terms
from services.loyalty.domain.written import UnitName


class Award(BaseModel):
    """`points` units of the program's main unit, or of the `unit` named; a voucher for the `reward`; or both."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    points: Annotated[int, Field(strict=True, ge=1, le=1_000_000_000)] | None = None
    unit: UnitName | None = None
    reward: Reward | None = None

    @model_validator(mode="after")
    def _gives_something(self) -> Self:
        if self.points is None and self.reward is None:
            raise ValueError("an award gives points, a reward, or both")
        if self.unit is not None and self.points is None:
            raise ValueError("a unit is for points: say how many")
        return self

    def effects(
        self, rule: str, terms: Terms, at: datetime, *, spendable_at: datetime | None = None
    ) -> tuple[Accrue | IssueVoucher, ...]:
        """What it comes to when the rule gives it at that moment.

        The units live as the program says; they are not spendable before `spendable_at`, and their life counts from
        then where it counts from becoming spendable. A voucher is given at once.
        """
        effects: list[Accrue | IssueVoucher] = []
        if self.points is not None:
            unit = self.unit or terms.unit
            from_then, until = terms.life_of_units(unit, at, spendable_at)
            effects.append(
                Accrue(rule=rule, unit=unit, amount=self.points, base=0, spendable_at=from_then, expires_at=until)
            )
        if self.reward is not None:
            until = self.reward.valid_until(at, terms.zone)
            effects.append(IssueVoucher(rule=rule, reward=self.reward, valid_until=until))
        return tuple(effects)
