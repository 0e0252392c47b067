"""What a tenant can choose for a membership. Source: docs/rules/membership.md."""

from collections.abc import Sequence
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from services.loyalty.domain.basket import MONEY_MAX
from services.loyalty.domain.membership import Unused
from services.loyalty.domain.name import Name
from services.loyalty.domain.rules.rule import RuleId

Days = Annotated[int, Field(strict=True, ge=1, le=366)]


class Plan(BaseModel):
    """How memberships on a plan are renewed, frozen, changed, cancelled and shared.

    `price` is what `months` of it cost, in minor units: paid time that is changed to it by value is measured by them.
    `family_max` is how many others share it with its holder. `shared_with_family_of` is the plan whose families may use
    the passes that their holder has on this one.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: RuleId
    name: Name
    grace_days: Annotated[int, Field(strict=True, ge=0, le=366)] = 0
    late_renewal: Literal["from_old_end_in_grace", "from_payment"] = "from_old_end_in_grace"
    reminder_days: Days | None = None
    freeze_days_max: Annotated[int, Field(strict=True, ge=0, le=3660)] | None = None
    refund: Literal["paid_days", "all_days", "none"] = "paid_days"
    change: Literal["days", "value"] = "days"
    price: Annotated[int, Field(strict=True, gt=0, le=MONEY_MAX)] | None = None
    months: Annotated[int, Field(strict=True, ge=1, le=120)] = 1
    family_max: Annotated[int, Field(strict=True, ge=0, le=50)] = 0
    shared_with_family_of: RuleId | None = None

    @model_validator(mode="after")
    def _can_measure_value(self) -> Self:
        if self.change == "value" and self.price is None:
            raise ValueError("a plan that is changed to by value has a price")
        return self

    @property
    def grace_for_renewal(self) -> int:
        """For how many days after the end a renewal still continues from it."""
        return self.grace_days if self.late_renewal == "from_old_end_in_grace" else 0

    def refunds(self, unused: Sequence[Unused]) -> tuple[int, ...]:
        """What is due back for each part, in minor units: its price in proportion to its unused days, rounded down.

        `paid_days`: only paid time is worth money, and what was given is forfeited. `all_days`: the price is spread
        over all that it bought, the gift included.
        """
        if self.refund == "none":
            return (0,) * len(unused)
        if self.refund == "paid_days":
            return worth(unused)
        return tuple(_spread(part, unused) for part in unused)


def worth(unused: Sequence[Unused]) -> tuple[int, ...]:
    """What each part is worth: its price in proportion to its unused days, rounded down to a minor unit."""
    return tuple(part.price * part.days // part.days_total for part in unused)


def _spread(part: Unused, unused: Sequence[Unused]) -> int:
    """The same for a paid part, its gift counted to its days. A gift is worth nothing by itself."""
    if part.kind != "paid":
        return 0
    together = [each for each in unused if each is part or (each.kind == "bonus" and each.source == part.source)]
    return part.price * sum(each.days for each in together) // sum(each.days_total for each in together)
