"""Several things together for one price. Source: docs/rules/bundle.md."""

from functools import cached_property
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from kernel.points import Rounding
from services.loyalty.domain.basket import MONEY_MAX
from services.loyalty.domain.bundled import Bundles, Needed
from services.loyalty.domain.cart import Cart
from services.loyalty.domain.effects import Discount
from services.loyalty.domain.misses import UNMET, Shortfall
from services.loyalty.domain.percent import Percent, percentage
from services.loyalty.domain.rules.rule import RuleDocument
from services.loyalty.domain.selector import Selector
from services.loyalty.domain.units import Pick, worth

Money = Annotated[int, Field(strict=True, gt=0, le=MONEY_MAX)]


class Part(BaseModel):
    """So many of the selected units are in each bundle."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    selector: Selector
    quantity: Annotated[int, Field(strict=True, ge=1, le=100)] = 1


class Bundle(RuleDocument):
    """Units of every part together cost `fixed_price`, or `percent_off` or `amount_off` less.

    As many bundles are made as can be, of the units worth most; with a fixed price only while they cost more than it.
    A unit serves one bundle only. A percentage is rounded once for all of them.
    """

    kind: Literal["bundle"]
    parts: Annotated[tuple[Part, ...], Field(min_length=2, max_length=6)]
    fixed_price: Money | None = None
    percent_off: Percent | None = None
    amount_off: Money | None = None
    sets_max: Annotated[int, Field(strict=True, ge=1)] | None = None
    rounding: Rounding = Rounding.HALF_UP

    @model_validator(mode="after")
    def _takes_off_one_thing(self) -> Self:
        if [self.fixed_price, self.percent_off, self.amount_off].count(None) != 2:
            raise ValueError("give one of fixed_price, percent_off and amount_off")
        return self

    @cached_property
    def _needed(self) -> Needed:
        return Needed([part.quantity for part in self.parts])

    def apply(self, cart: Cart) -> None:
        """Make the bundles, and say what is missing for another one."""
        bundles = Bundles(self._fitting(cart), self._needed)
        most = bundles.most()
        if self.sets_max is None or most < self.sets_max:
            # Another bundle is offered when there is none yet, or when only one unit is missing for it.
            missing = bundles.missing(most + 1)
            if not most or missing == 1:
                cart.miss(self.id, self.kind, Shortfall(missing, "units"))
        else:
            most = self.sets_max
        if most:
            self._discount(cart, bundles, most)

    def _fitting(self, cart: Cart) -> dict[Pick, int]:
        parts: dict[Pick, int] = {}
        for number, part in enumerate(self.parts):
            for pick in cart.pick_loose(part.selector):
                parts[pick] = parts.get(pick, 0) | 1 << number
        return parts

    def _discount(self, cart: Cart, bundles: Bundles, most: int) -> None:
        made = most if self.fixed_price is None else bundles.worth_more_than(self.fixed_price, most)
        if not made:
            cart.miss(self.id, "fixed_price", UNMET)
            return
        picks = bundles.dearest(made)
        price = worth(picks)
        amount = self._off(price, made)
        pieces = cart.give_away(picks) if amount == price else cart.reduce(picks, amount)
        cart.effects.append(Discount(rule=self.id, amount=amount, pieces=pieces, code=self.code))

    def _off(self, price: int, made: int) -> int:
        if self.fixed_price is not None:
            return price - made * self.fixed_price
        if self.percent_off is not None:
            return percentage(price, self.percent_off, self.rounding)
        assert self.amount_off is not None
        return min(price, made * self.amount_off)
