"""Units for money spent. Source: docs/rules/earn.md."""

from typing import Annotated, ClassVar, Literal, Self

from pydantic import Field, StrictBool, model_validator

from kernel.points import Rounding
from services.loyalty.domain.basket import MONEY_MAX
from services.loyalty.domain.cart import Cart
from services.loyalty.domain.effects import Accrue
from services.loyalty.domain.misses import Shortfall
from services.loyalty.domain.percent import quotient
from services.loyalty.domain.rules.rule import RuleDocument
from services.loyalty.domain.selector import EVERYTHING, Selector
from services.loyalty.domain.units import Units

UNITS_PER_MINOR_MAX = 100


class Earn(RuleDocument):
    """`points` units for each `per` minor units of what is left to pay for the selected lines.

    Fractions are rounded once per purchase, or for each line or unit by itself.
    """

    needs_customer: ClassVar[bool] = True

    kind: Literal["earn"]
    points: Annotated[int, Field(strict=True, ge=1, le=1_000_000)] = 1
    per: Annotated[int, Field(strict=True, ge=1, le=MONEY_MAX)]
    selector: Selector = EVERYTHING
    include_tax: StrictBool = True
    rounding: Rounding = Rounding.DOWN
    rounded: Literal["once", "per_line", "per_unit"] = "once"

    @model_validator(mode="after")
    def _fits_a_wallet(self) -> Self:
        if self.points > self.per * UNITS_PER_MINOR_MAX:
            raise ValueError(f"at most {UNITS_PER_MINOR_MAX} units for one minor unit of money")
        return self

    def apply(self, cart: Cart) -> None:
        """Accrue what the selected lines earn."""
        portions = self._portions(cart)
        earned = sum([self._points_for(portion) * count for portion, count in portions])
        if earned:
            self._accrue(cart, earned, sum([portion * count for portion, count in portions]))
        elif portions:
            dearest = max(portion for portion, _ in portions)
            cart.miss(self.id, self.kind, Shortfall(self._first_point_at() - dearest, "money"))
        else:
            cart.miss(self.id, self.kind, Shortfall(1, "units"))

    def _accrue(self, cart: Cart, amount: int, base: int) -> None:
        spendable_at, expires_at = cart.life_of_units(cart.terms.unit)
        cart.effects.append(
            Accrue(
                rule=self.id,
                unit=cart.terms.unit,
                amount=amount,
                base=base,
                spendable_at=spendable_at,
                expires_at=expires_at,
            )
        )

    def _portions(self, cart: Cart) -> list[tuple[int, int]]:
        """The amounts that are rounded by themselves, and how many there are of each."""
        places = cart.select(self.selector)
        if not places:
            return []
        if self.rounded == "once":
            return [(sum([self._base(cart, place) for place in places]), 1)]
        if self.rounded == "per_line":
            return [(self._base(cart, place), 1) for place in places]
        units = [Units(cart.paid_units[place], self._base(cart, place)) for place in places]
        return [portion for line in units for portion in line.prices()]

    def _base(self, cart: Cart, place: int) -> int:
        left = cart.left[place]
        tax = cart.lines[place].tax
        if self.include_tax or not tax:
            return left
        # The tax was in the price: a discounted line bears its share of it.
        return left - quotient(tax * left, cart.lines[place].total, Rounding.HALF_UP)

    def _points_for(self, portion: int) -> int:
        return quotient(portion * self.points, self.per, self.rounding)

    def _first_point_at(self) -> int:
        match self.rounding:
            case Rounding.DOWN:
                return -(-self.per // self.points)
            case Rounding.HALF_UP:
                return -(-self.per // (2 * self.points))
            case Rounding.HALF_EVEN:
                return self.per // (2 * self.points) + 1
            case Rounding.UP:
                return 1
