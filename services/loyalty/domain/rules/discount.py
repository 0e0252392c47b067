"""A percentage off the order or some of its lines. Source: docs/rules/discount.md."""

from typing import Literal

from kernel.points import Rounding
from services.loyalty.domain.cart import Cart
from services.loyalty.domain.effects import Discount, Piece
from services.loyalty.domain.misses import Shortfall
from services.loyalty.domain.percent import Percent, percentage
from services.loyalty.domain.rules.rule import RuleDocument
from services.loyalty.domain.selector import EVERYTHING, Selector
from services.loyalty.domain.units import Units


class PercentDiscount(RuleDocument):
    """A percentage off what is left to pay for the selected lines.

    Rounded once for all of them and shared out exactly, or for each line or unit by itself.
    """

    kind: Literal["discount"]
    percent_off: Percent
    selector: Selector = EVERYTHING
    rounding: Rounding = Rounding.HALF_UP
    rounded: Literal["once", "per_line", "per_unit"] = "once"

    def apply(self, cart: Cart) -> None:
        """Take the percentage off."""
        places = cart.select(self.selector)
        if not places:
            cart.miss(self.id, self.kind, Shortfall(1, "units"))
            return
        pieces = self._take_off(cart, places)
        if pieces:
            amount = sum(piece.amount for piece in pieces)
            cart.effects.append(Discount(rule=self.id, amount=amount, pieces=pieces, code=self.code))
        else:
            cart.miss(self.id, self.kind)

    def _take_off(self, cart: Cart, places: list[int]) -> tuple[Piece, ...]:
        if self.rounded == "once":
            return cart.take_off(self._off(sum([cart.left[place] for place in places])), places)
        if self.rounded == "per_line":
            return cart.take_off_each((place, self._off(cart.left[place])) for place in places)
        return cart.take_off_each((place, self._off_units(cart, place)) for place in places)

    def _off_units(self, cart: Cart, place: int) -> int:
        prices = Units(cart.paid_units[place], cart.left[place]).prices()
        return sum(self._off(price) * quantity for price, quantity in prices)

    def _off(self, amount: int) -> int:
        return percentage(amount, self.percent_off, self.rounding)
