"""An award, entries in a draw, plays of an instant win, for what a customer did that is no purchase.

Source: docs/rules/activity.md.
"""

from typing import ClassVar, Literal, Self

from pydantic import model_validator

from services.loyalty.domain.activity import ActivityKind, Deed
from services.loyalty.domain.award import Award
from services.loyalty.domain.conditions import Subject
from services.loyalty.domain.draw_entries import DrawEntries
from services.loyalty.domain.instant_plays import InstantPlays
from services.loyalty.domain.limit import Measure
from services.loyalty.domain.rules.rule import RuleDocument


class ActivityRule(RuleDocument):
    """What each activity of that kind brings: the `award`, entries in a draw, plays of an instant win; one at least.

    What a draw or an instant win that is not open keeps back is a miss, and the rest is given.
    """

    needs_customer: ClassVar[bool] = True
    asks: ClassVar[frozenset[Subject]] = frozenset({"activity", "customer", "moment"})
    counts: ClassVar[frozenset[Measure]] = frozenset({"uses", "units"})
    in_part: ClassVar[Measure | None] = "units"

    kind: Literal["activity"]
    activity: ActivityKind
    award: Award | None = None
    draw_entries: DrawEntries | None = None
    plays: InstantPlays | None = None

    @model_validator(mode="after")
    def _gives_something(self) -> Self:
        if self.award is None and self.draw_entries is None and self.plays is None:
            raise ValueError("an activity brings an award, draw_entries, plays, or several of them")
        if (self.draw_entries or self.plays) and any(limit.of == "units" for limit in self.limits):
            raise ValueError("units are of the award: limit the uses, or give entries and plays by a rule of their own")
        return self

    @model_validator(mode="after")
    def _stands_by_itself(self) -> Self:
        if self.group is not None:
            raise ValueError("groups are of rules that look at one basket: leave out group")
        if any(limit.each == "store" for limit in self.limits):
            raise ValueError("an activity is in no store: limit it for each customer or for everyone")
        return self

    def apply(self, deed: Deed) -> None:
        """Give all of it, or say what stands in the way."""
        if self.award is not None:
            deed.effects.extend(self.award.effects(self.id, deed.terms, deed.at))
        if self.draw_entries is not None:
            self.draw_entries.give(self.id, deed)
        if self.plays is not None:
            self.plays.give(self.id, deed)
