"""Units for money spent, for articles bought, or for coming. Source: docs/rules/earn.md."""

from collections.abc import Sequence
from functools import cached_property
from typing import Annotated, ClassVar, Literal, Self

from pydantic import Field, StrictBool, model_validator

from kernel.points import Rounding
from services.loyalty.domain.basket import MONEY_MAX
from services.loyalty.domain.cart import Cart
from services.loyalty.domain.effects import Accrue
from services.loyalty.domain.limit import Measure
from services.loyalty.domain.misses import ONE_UNIT, UNMET, Shortfall
from services.loyalty.domain.percent import quotient
from services.loyalty.domain.rules.rule import RuleDocument
from services.loyalty.domain.selector import EVERYTHING, NONE, Labels, Selector
from services.loyalty.domain.units import prices
from services.loyalty.domain.written import UnitName

UNITS_PER_MINOR_MAX = 100


class Earn(RuleDocument):
    """`points` units for each `per` minor units of money, for each `per` articles, or for each visit.

    The money is what is left to pay for the selected lines, or their price before some or all discounts; without the
    part paid by `except_tenders`. Fractions are rounded once per purchase, or for each line or unit by itself.
    They go to the wallet of the program's main `unit`, unless another of its units is named.
    """

    needs_customer: ClassVar[bool] = True
    counts: ClassVar[frozenset[Measure]] = frozenset({"uses", "units"})
    in_part: ClassVar[Measure | None] = "units"

    kind: Literal["earn"]
    for_each: Literal["money", "unit", "visit"] = "money"
    points: Annotated[int, Field(strict=True, ge=1, le=1_000_000)] = 1
    per: Annotated[int, Field(strict=True, ge=1, le=MONEY_MAX)] | None = None
    unit: UnitName | None = None
    selector: Selector = EVERYTHING
    base: Literal["after_discounts", "after_line_discounts", "before_discounts"] = "after_discounts"
    include_tax: StrictBool = True
    except_tenders: Labels = NONE
    rounding: Rounding = Rounding.DOWN
    rounded: Literal["once", "per_line", "per_unit"] = "once"

    @model_validator(mode="after")
    def _fits_a_wallet(self) -> Self:
        if self.for_each == "money":
            if self.per is None:
                raise ValueError("say per how much money")
            if self.points > self.per * UNITS_PER_MINOR_MAX:
                raise ValueError(f"at most {UNITS_PER_MINOR_MAX} units for one minor unit of money")
            return self
        if self.for_each == "visit" and self.per is not None:
            raise ValueError("a visit earns the points once: per is for money and units")
        if self.base != "after_discounts" or not self.include_tax or self.except_tenders or self.rounded != "once":
            raise ValueError("base, include_tax, except_tenders and rounded are for points for money")
        return self

    def apply(self, cart: Cart) -> None:
        """Accrue what the selected lines earn."""
        places = cart.select(self.selector)
        if not places:
            cart.miss(self.id, self.kind, ONE_UNIT)
        elif self.for_each == "money":
            self._earn_for_money(cart, places)
        else:
            self._earn_for_articles(cart, places)

    def _earn_for_money(self, cart: Cart, places: Sequence[int]) -> None:
        portions = self._portions(cart, places)
        left_out = self.except_tenders | cart.terms.tenders_not_earning
        if left_out:
            portions = [(cart.paid_otherwise(portion, left_out), count) for portion, count in portions]
        earned = base = 0
        for portion, count in portions:
            earned += self._points_for(portion) * count
            base += portion * count
        if earned:
            self._accrue(cart, earned, base)
            return
        dearest = max(portion for portion, _ in portions)
        if dearest or not left_out:
            cart.miss(self.id, self.kind, Shortfall(self._first_point_at() - dearest, "money"))
        else:
            cart.miss(self.id, "except_tenders", UNMET)

    def _earn_for_articles(self, cart: Cart, places: Sequence[int]) -> None:
        base = sum(map(cart.left.__getitem__, places))
        if self.for_each == "visit":
            self._accrue(cart, self.points, base)
            return
        bought = sum(map(cart.paid_units.__getitem__, places))
        earned = self._points_for(bought)
        if earned:
            self._accrue(cart, earned, base)
        else:
            cart.miss(self.id, self.kind, Shortfall(self._first_point_at() - bought, "units"))

    def _accrue(self, cart: Cart, amount: int, base: int) -> None:
        unit = self.unit or cart.terms.unit
        spendable_at, expires_at = cart.life_of_units(unit)
        cart.effects.append(
            Accrue(
                rule=self.id,
                unit=unit,
                amount=amount,
                base=base,
                spendable_at=spendable_at,
                expires_at=expires_at,
            )
        )

    def _portions(self, cart: Cart, places: Sequence[int]) -> list[tuple[int, int]]:
        """The amounts that are rounded by themselves, and how many there are of each."""
        if self.rounded == "once":
            if self._earns_on_what_is_paid:
                return [(sum(map(cart.left.__getitem__, places)), 1)]
            return [(sum([self._base(cart, place) for place in places]), 1)]
        if self.rounded == "per_line":
            return [(self._base(cart, place), 1) for place in places]
        return [portion for place in places for portion in prices(cart.paid_units[place], self._base(cart, place))]

    @cached_property
    def _earns_on_what_is_paid(self) -> bool:
        return self.base == "after_discounts" and self.include_tax

    def _base(self, cart: Cart, place: int) -> int:
        amount = cart.left[place]
        line = cart.basket.lines[place]
        if self.base == "before_discounts":
            amount = cart.paid_units[place] * line.unit_price
        elif self.base == "after_line_discounts":
            amount += cart.order_wide_off.get(place, 0)
        if self.include_tax or not line.tax:
            return amount
        # The tax was in the price: a discounted line bears its share of it.
        return amount - quotient(line.tax * amount, line.total, Rounding.HALF_UP)

    def _points_for(self, portion: int) -> int:
        return quotient(portion * self.points, self.per or 1, self.rounding)

    def _first_point_at(self) -> int:
        per = self.per or 1
        match self.rounding:
            case Rounding.DOWN:
                return -(-per // self.points)
            case Rounding.HALF_UP:
                return -(-per // (2 * self.points))
            case Rounding.HALF_EVEN:
                return per // (2 * self.points) + 1
            case Rounding.UP:
                return 1
