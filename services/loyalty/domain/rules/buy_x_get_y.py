"""Buy so many, get so many free, in one basket. Source: docs/rules/buy-x-get-y.md."""

from collections.abc import Sequence
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from kernel.points import Rounding
from services.loyalty.domain.cart import Cart
from services.loyalty.domain.effects import Discount, Give
from services.loyalty.domain.misses import Shortfall
from services.loyalty.domain.percent import WHOLE, Percent, percentage
from services.loyalty.domain.rules.rule import RuleDocument
from services.loyalty.domain.selector import EVERYTHING, Selector
from services.loyalty.domain.units import Pick, take

Side = Annotated[int, Field(strict=True, ge=1, le=100)]


class BuyXGetY(RuleDocument):
    """For every `buy` units paid, `get` units free or at a percentage off.

    Counted `among` the units of the basket, a set is `buy + get` of them. Counted `on_top`, a set is `buy` units and
    the free ones are handed over besides. A unit serves one set only.
    """

    kind: Literal["buy_x_get_y"]
    buy: Side = 2
    get: Side = 1
    counting: Literal["among", "on_top"] = "among"
    free_unit: Literal["cheapest", "dearest"] = "cheapest"
    percent_off: Percent = WHOLE
    rounding: Rounding = Rounding.HALF_UP
    sets_max: Annotated[int, Field(strict=True, ge=1)] | None = None
    selector: Selector = EVERYTHING

    @model_validator(mode="after")
    def _gives_whole_units(self) -> Self:
        if self.counting == "on_top" and self.percent_off != WHOLE:
            raise ValueError("units given on top are free: percent_off is for units in the basket")
        return self

    def apply(self, cart: Cart) -> None:
        """Make the sets, and say what is missing for another one."""
        picks = cart.pick_loose(self.selector)
        available = sum([pick.quantity for pick in picks])
        size = self.buy + self.get if self.counting == "among" else self.buy
        sets = min(available // size, self.sets_max or available)
        if sets:
            self._make_sets(cart, picks, sets)
        rest = available - sets * size
        if not sets or (rest >= self.buy and sets != self.sets_max):
            cart.miss(self.id, self.kind, Shortfall(size - rest, "units"))

    def _make_sets(self, cart: Cart, picks: list[Pick], sets: int) -> None:
        if self.free_unit == "dearest":
            picks.reverse()
        if self.counting == "on_top":
            self._give_on_top(cart, picks, sets)
            return
        free, rest = take(picks, sets * self.get)
        # The dearest of the rest are the ones paid for, so that a cheaper unit may still be the free one elsewhere.
        paid, _ = take(sorted(rest, reverse=True), sets * self.buy)
        cart.use(paid)
        self._discount(cart, free)

    def _discount(self, cart: Cart, free: Sequence[Pick]) -> None:
        worth = sum([pick.money for pick in free])
        if self.percent_off == WHOLE:
            amount, pieces = worth, cart.give_away(free)
        else:
            amount = percentage(worth, self.percent_off, self.rounding)
            pieces = cart.reduce(free, amount)
        cart.effects.append(Discount(rule=self.id, amount=amount, pieces=pieces, code=self.code))

    def _give_on_top(self, cart: Cart, picks: Sequence[Pick], sets: int) -> None:
        cart.use(take(sorted(picks, reverse=True), sets * self.buy)[0])
        line = cart.lines[picks[0].place]
        cart.effects.append(Give(rule=self.id, sku=line.sku, name=line.name, quantity=sets * self.get))
