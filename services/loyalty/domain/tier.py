"""The tiers of a program: what they ask for, over which time, and how one falls. Source: docs/rules/tiers.md."""

from datetime import date
from itertools import pairwise
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from services.loyalty.domain.local_day import months_later
from services.loyalty.domain.name import Name
from services.loyalty.domain.period import period_start
from services.loyalty.domain.rules.rule import RuleId
from services.loyalty.domain.tally import EVER
from services.loyalty.domain.written import UnitName

TIERS_MAX = 20
MONTHS = {"month": 1, "quarter": 3, "year": 12}

Basis = Literal["earned", "spend", "visits"]
Downgrade = Literal["one_step", "full_drop", "at_once", "never"]
Leaving = Literal["at_once", "end_of_term", "never"]
SegmentName = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$")]


class TierDocument(BaseModel):
    """What all parts share."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Tier(TierDocument):
    """One step of the ladder, and what it takes: units, minor units of money, or purchases.

    One with a `segment` is only for who is in it; others stand on the step below that they may have.
    """

    id: RuleId
    name: Name
    threshold: Annotated[int, Field(strict=True, ge=0, le=10**12)]
    segment: SegmentName | None = None


class CalendarWindow(TierDocument):
    """What is counted begins anew with each period of the shop's calendar."""

    kind: Literal["calendar"]
    period: Literal["month", "quarter", "year"] = "year"

    def slot(self, day: date) -> date:
        """The first day of the period, under which everything in it is counted."""
        return period_start(self.period, day)

    def counts_until(self, slot: date) -> date:
        """The first day on which what was counted there counts no more."""
        return months_later(slot, MONTHS[self.period])

    def term_over(self, slot: date, terms: int) -> date:
        """The first day after so many terms: what a period brings lasts for it and the whole next one."""
        return months_later(slot, MONTHS[self.period] * (1 + terms))


class RollingWindow(TierDocument):
    """Every day counts for so many months."""

    kind: Literal["rolling"]
    months: Annotated[int, Field(strict=True, ge=1, le=60)]

    def slot(self, day: date) -> date:
        """Each day by itself."""
        return day

    def counts_until(self, slot: date) -> date:
        """The first day on which what was counted there counts no more."""
        return months_later(slot, self.months)

    def term_over(self, slot: date, terms: int) -> date:
        """The first day after so many terms, each as long as the window."""
        return months_later(slot, self.months * terms)


class LifetimeWindow(TierDocument):
    """Everything counts for ever."""

    kind: Literal["lifetime"]

    def slot(self, _day: date) -> date:
        """Everything is counted together."""
        return EVER

    def counts_until(self, _slot: date) -> date:
        """Never."""
        return date.max

    def term_over(self, _slot: date, _terms: int) -> date:
        """Never."""
        return date.max


Window = Annotated[CalendarWindow | RollingWindow | LifetimeWindow, Field(discriminator="kind")]


class Tiers(TierDocument):
    """A ladder, the lowest step first, and the rules by which customers move on it.

    `unit` is what is counted where the basis is `earned`, the program's main unit unless another is named. Whoever no
    longer has enough falls when their term is over and `grace_days` more; `warning_days` before, they are told.
    `on_leaving` is when a tier is lost whose segment the customer left.
    """

    ladder: Annotated[tuple[Tier, ...], Field(min_length=1, max_length=TIERS_MAX)]
    basis: Basis = "earned"
    unit: UnitName | None = None
    window: Window = CalendarWindow(kind="calendar")
    downgrade: Downgrade = "one_step"
    grace_days: Annotated[int, Field(strict=True, ge=0, le=366)] = 0
    warning_days: Annotated[int, Field(strict=True, ge=1, le=366)] | None = None
    on_leaving: Leaving = "at_once"

    @model_validator(mode="after")
    def _rises(self) -> Self:
        names = [tier.id for tier in self.ladder]
        if len(names) != len(set(names)):
            raise ValueError("two tiers have the same id")
        thresholds = [tier.threshold for tier in self.ladder]
        if any(above <= below for below, above in pairwise(thresholds)):
            raise ValueError("each tier asks for more than the one before it")
        return self

    @model_validator(mode="after")
    def _says_nothing_in_vain(self) -> Self:
        if self.unit is not None and self.basis != "earned":
            raise ValueError("a unit is only counted where the basis is earned")
        if self.grace_days and self.downgrade in ("at_once", "never"):
            raise ValueError(f"a tier that is lost {self.downgrade.replace('_', ' ')} has no days of grace")
        if self.on_leaving != "at_once" and not self.segments:
            raise ValueError("no tier is for a segment that could be left")
        return self

    @property
    def segments(self) -> frozenset[str]:
        """The segments that a tier asks for."""
        return frozenset(tier.segment for tier in self.ladder if tier.segment)

    def level(self, amount: int) -> int:
        """How many steps such an amount is good for; 0 for none."""
        return sum([tier.threshold <= amount for tier in self.ladder])

    def level_of(self, tier: str) -> int:
        """On which step the tier is; 0 where the ladder has none of that name."""
        return next((step for step, each in enumerate(self.ladder, 1) if each.id == tier), 0)

    def at_level(self, level: int) -> Tier | None:
        """The tier of a step."""
        return self.ladder[level - 1] if level else None
