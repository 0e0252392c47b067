"""An award for a visit that is reached: the first, the tenth, every fifth. Source: docs/rules/milestone.md."""

from dataclasses import replace
from functools import cached_property
from typing import Annotated, ClassVar, Literal, Self

from pydantic import Field, model_validator

from services.loyalty.domain.award import Award
from services.loyalty.domain.cart import Cart
from services.loyalty.domain.effects import Accrue
from services.loyalty.domain.limit import Measure
from services.loyalty.domain.misses import ONE_UNIT, UNMET, Shortfall
from services.loyalty.domain.rules.rule import RuleDocument
from services.loyalty.domain.tally import Tally

Visits = Annotated[int, Field(strict=True, ge=1, le=10_000)]


class Milestone(RuleDocument):
    """`points` units, or an `award`, on the customer's nth purchase (`visit`), or on each nth one (`every`).

    Each milestone is reached once: bringing earlier goods back and coming again does not reach it again.
    """

    needs_customer: ClassVar[bool] = True
    counts: ClassVar[frozenset[Measure]] = frozenset({"uses", "units"})
    in_part: ClassVar[Measure | None] = "units"

    kind: Literal["milestone"]
    visit: Visits | None = None
    every: Visits | None = None
    points: Annotated[int, Field(strict=True, ge=1, le=1_000_000_000)] | None = None
    award: Award | None = None

    @model_validator(mode="after")
    def _is_one_or_many(self) -> Self:
        if (self.visit is None) == (self.every is None):
            raise ValueError("give either visit or every")
        if (self.points is None) == (self.award is None):
            raise ValueError("give either points or an award")
        return self

    @cached_property
    def tallies(self) -> tuple[Tally, ...]:
        """How often it was reached is counted in any case."""
        return tuple(dict.fromkeys([self._reached, *super().tallies]))

    @cached_property
    def _reached(self) -> Tally:
        return Tally(self.id, "uses", "ever", "customer")

    def apply(self, cart: Cart) -> None:
        """Accrue the units, or say how many visits are to go."""
        if not any(cart.lines.quantities):
            # All of it came back: it was no visit.
            cart.miss(self.id, "quantity_at_least", ONE_UNIT)
            return
        assert cart.customer is not None
        visit = cart.customer.purchases + 1
        to_go, times = self._to_go(visit)
        if to_go > 0:
            cart.miss(self.id, self.kind, Shortfall(to_go, "visits"))
        elif to_go < 0 or cart.used.amounts.get(self._reached.label, 0) >= times:
            cart.miss(self.id, self.kind, UNMET)
        else:
            self._give(cart)

    def _to_go(self, visit: int) -> tuple[int, int]:
        """The visits until the next milestone, below zero when there is none, and how many there are with it."""
        if self.every is not None:
            return -visit % self.every, visit // self.every
        assert self.visit is not None
        return self.visit - visit, 1

    def _give(self, cart: Cart) -> None:
        award = self.award or Award(points=self.points)
        for effect in award.effects(self.id, cart.terms, cart.at):
            cart.effects.append(replace(effect, base=sum(cart.left)) if isinstance(effect, Accrue) else effect)
