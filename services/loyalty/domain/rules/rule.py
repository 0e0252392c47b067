"""What every rule has: a name, dates, conditions, and something it does."""

from abc import ABC, abstractmethod
from functools import cached_property
from typing import Annotated, Any, ClassVar, Self

from pydantic import BaseModel, ConfigDict, Field, StrictBool, StringConstraints, model_validator

from services.loyalty.domain.conditions import Condition, HasCode, HasCoupon, Subject
from services.loyalty.domain.limit import CoolDown, Limit, Measure
from services.loyalty.domain.name import Name
from services.loyalty.domain.occasion import Occasion
from services.loyalty.domain.tally import Tally
from services.loyalty.domain.within_limits import apply_within_limits
from services.loyalty.domain.written import Day

RuleId = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9_-]{0,63}$")]


class RuleDocument(BaseModel, ABC):
    """What all rules say. Both dates are days in the shop, and both are inside.

    Rules of a family go by their priority, the smallest first, then as the program lists them. A `group` says which
    rules stand beside which; an `exclusive` one that applies shuts out the others of its group.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    needs_customer: ClassVar[bool] = False
    # What its conditions may ask about.
    asks: ClassVar[frozenset[Subject]] = frozenset({"basket", "customer", "moment"})
    # What its limits may count, and which of it can be given in part.
    counts: ClassVar[frozenset[Measure]] = frozenset({"uses", "units", "money"})
    in_part: ClassVar[Measure | None] = None

    id: RuleId
    name: Name
    conditions: Annotated[tuple[Condition, ...], Field(max_length=20)] = ()
    starts_on: Day | None = None
    ends_on: Day | None = None
    priority: Annotated[int, Field(strict=True, ge=0, le=1000)] = 100
    group: RuleId | None = None
    exclusive: StrictBool = False
    limits: Annotated[tuple[Limit, ...], Field(max_length=10)] = ()
    cool_down: CoolDown | None = None

    @model_validator(mode="after")
    def _ends_after_it_starts(self) -> Self:
        if self.starts_on and self.ends_on and self.ends_on < self.starts_on:
            raise ValueError("ends_on is before starts_on")
        return self

    @model_validator(mode="after")
    def _shuts_somebody_out(self) -> Self:
        if self.exclusive and self.group is None:
            raise ValueError("an exclusive rule needs a group whose other rules it shuts out")
        return self

    @model_validator(mode="after")
    def _asks_what_it_can_know(self) -> Self:
        for condition in self.conditions:
            if condition.about not in self.asks:
                raise ValueError(f"a rule of this family knows no {condition.about}: leave out {condition.kind}")
        return self

    @model_validator(mode="after")
    def _can_keep_its_limits(self) -> Self:
        for limit in self.limits:
            if limit.of not in self.counts:
                raise ValueError(f"a rule of this family gives no {limit.of}: limit its {sorted(self.counts)}")
            if limit.when_passed == "give_what_is_left" and limit.of != self.in_part:
                raise ValueError(f"a rule of this family cannot give part of its {limit.of}: refuse it when passed")
        if len({(limit.of, limit.per, limit.each) for limit in self.limits}) < len(self.limits):
            raise ValueError("two limits count the same")
        return self

    @cached_property
    def is_limited(self) -> bool:
        """Whether what it gave before matters."""
        return bool(self.limits or self.cool_down)

    @cached_property
    def is_unconditional(self) -> bool:
        """Whether it is for every known customer, whenever they come and whatever it gave before."""
        return not (self.starts_on or self.ends_on or self.conditions or self.is_limited)

    @cached_property
    def asks_who(self) -> bool:
        """Whether it does nothing for a walk-in."""
        return self.needs_customer or self.cool_down is not None or any(limit.needs_customer for limit in self.limits)

    @cached_property
    def tallies(self) -> tuple[Tally, ...]:
        """What has to be counted of it."""
        counted = [(limit.of, limit.per, limit.each) for limit in self.limits if limit.per != "sale"]
        if self.cool_down:
            counted.append(("uses", "ever", "customer"))
        return tuple([Tally(self.id, *what) for what in dict.fromkeys(counted)])

    @cached_property
    def code(self) -> str | None:
        """The coupon code the rule asks for, if it does."""
        return next((condition.code for condition in self.conditions if isinstance(condition, HasCode)), None)

    @cached_property
    def campaign(self) -> str | None:
        """The coupon campaign the rule asks for, if it does."""
        return next((condition.campaign for condition in self.conditions if isinstance(condition, HasCoupon)), None)

    @model_validator(mode="after")
    def _asks_for_one_campaign(self) -> Self:
        if len({condition.campaign for condition in self.conditions if isinstance(condition, HasCoupon)}) > 1:
            raise ValueError("a rule asks for one coupon campaign at the most")
        return self

    def consider(self, cart: Occasion) -> None:
        """Apply the rule to the cart, or what else its family is about; or say why not.

        Another of its group may have come first.
        """
        if self.is_unconditional and cart.customer is not None and not cart.shut:
            self.apply(cart)
        elif not self._runs_on(cart) or not self._holds_for(cart):
            return
        elif self.id in cart.shut:
            cart.miss(self.id, "group", instead=cart.shut[self.id])
        elif self.is_limited:
            apply_within_limits(self, cart)
        else:
            self.apply(cart)

    @abstractmethod
    def apply(self, cart: Any) -> None:
        """Leave the rule's effects in the cart, or the miss that explains why it has none."""

    def _runs_on(self, cart: Occasion) -> bool:
        if self.starts_on and cart.local.date() < self.starts_on:
            cart.miss(self.id, "starts_on")
            return False
        if self.ends_on and cart.local.date() > self.ends_on:
            cart.miss(self.id, "ends_on")
            return False
        return True

    def _holds_for(self, cart: Any) -> bool:
        holds = True
        if self.asks_who and cart.customer is None:
            cart.miss(self.id, "customer")
            holds = False
        for condition in self.conditions:
            if shortfall := condition.shortfall(cart):
                cart.miss(self.id, condition.kind, shortfall)
                holds = False
        return holds
