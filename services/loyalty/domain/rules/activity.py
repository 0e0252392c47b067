"""An award for something a customer did that is no purchase. Source: docs/rules/activity.md."""

from typing import ClassVar, Literal, Self

from pydantic import model_validator

from services.loyalty.domain.activity import ActivityKind, Deed
from services.loyalty.domain.award import Award
from services.loyalty.domain.conditions import Subject
from services.loyalty.domain.limit import Measure
from services.loyalty.domain.rules.rule import RuleDocument


class ActivityRule(RuleDocument):
    """The `award` for each activity of that kind."""

    needs_customer: ClassVar[bool] = True
    asks: ClassVar[frozenset[Subject]] = frozenset({"activity", "customer", "moment"})
    counts: ClassVar[frozenset[Measure]] = frozenset({"uses", "units"})
    in_part: ClassVar[Measure | None] = "units"

    kind: Literal["activity"]
    activity: ActivityKind
    award: Award

    @model_validator(mode="after")
    def _stands_by_itself(self) -> Self:
        if self.group is not None:
            raise ValueError("groups are of rules that look at one basket: leave out group")
        if any(limit.each == "store" for limit in self.limits):
            raise ValueError("an activity is in no store: limit it for each customer or for everyone")
        return self

    def apply(self, deed: Deed) -> None:
        """Give the award."""
        deed.effects.extend(self.award.effects(self.id, deed.terms, deed.at))
