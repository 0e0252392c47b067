"""Money off the order, its lines or single units. Source: docs/rules/discount.md."""

from collections.abc import Sequence
from functools import cached_property
from typing import Annotated, ClassVar, Literal, Self

from pydantic import Field, model_validator

from kernel.points import Rounding
from services.loyalty.domain.basket import MONEY_MAX, Amount
from services.loyalty.domain.cart import Cart
from services.loyalty.domain.effects import Discount, Piece
from services.loyalty.domain.limit import Measure
from services.loyalty.domain.misses import ONE_UNIT, UNMET, Shortfall
from services.loyalty.domain.percent import Percent, percentage
from services.loyalty.domain.rules.rule import RuleDocument
from services.loyalty.domain.selector import EVERYTHING, Selector
from services.loyalty.domain.units import Pick, count, prices, take

Scope = Literal["together", "each_line", "each_unit", "cheapest_unit", "dearest_unit", "nth_unit"]
LINE_SCOPES = ("together", "each_line")


class MoneyOff(RuleDocument):
    """A percentage or an amount off what is left to pay, or a price that is asked instead of it.

    For the selected lines together, for each of them, for each of their units, or for some units: the cheapest, the
    dearest, or each `nth` one counted from the dearest. A percentage of the lines together is rounded once and shared
    out exactly, or `rounded` for each line or unit by itself. The rule takes off `at_most` so much money.
    """

    in_part: ClassVar[Measure | None] = "money"

    kind: Literal["discount"]
    percent_off: Percent | None = None
    amount_off: Annotated[int, Field(strict=True, gt=0, le=MONEY_MAX)] | None = None
    fixed_price: Amount | None = None
    scope: Scope = "together"
    nth: Annotated[int, Field(strict=True, ge=2, le=100)] | None = None
    at_most: Annotated[int, Field(strict=True, gt=0, le=MONEY_MAX)] | None = None
    selector: Selector = EVERYTHING
    rounding: Rounding = Rounding.HALF_UP
    rounded: Literal["once", "per_line", "per_unit"] = "once"

    @model_validator(mode="after")
    def _takes_off_one_thing(self) -> Self:
        if [self.percent_off, self.amount_off, self.fixed_price].count(None) != 2:
            raise ValueError("give one of percent_off, amount_off and fixed_price")
        if (self.nth is None) == (self.scope == "nth_unit"):
            raise ValueError("nth goes with the scope nth_unit, and nth_unit needs it")
        if self.rounded != "once" and not self.is_order_percentage:
            raise ValueError("rounded is for a percentage of the lines together")
        return self

    @cached_property
    def is_order_percentage(self) -> bool:
        """Whether it is one of the percentages that the program's `several_percentages` is about."""
        return self.percent_off is not None and self.scope == "together"

    def apply(self, cart: Cart) -> None:
        """Take the money off."""
        places = cart.select(self.selector)
        if not places:
            cart.miss(self.id, self.kind, ONE_UNIT)
        elif self.scope in LINE_SCOPES:
            self._take_off_lines(cart, places)
        else:
            self._take_off_units(cart, places)

    def _take_off_lines(self, cart: Cart, selected: Sequence[int]) -> None:
        places = cart.ranked(selected)
        left = list(map(cart.left.__getitem__, places))
        of = left
        if self.is_order_percentage and cart.terms.several_percentages == "added_up":
            of = [cart.undiscounted(place) for place in places]
        if self.scope == "each_line" or self.rounded == "per_line":
            amounts = list(map(min, map(self._off, of), left))
        elif self.rounded == "per_unit":
            quantities = [cart.paid_units[place] for place in places]
            amounts = list(map(min, map(self._off_each, quantities, of), left))
        else:
            amounts = cart.share(min(self._off(sum(of)), sum(left)), left, places)
        wanted = sum(amounts)
        if self.at_most is not None and wanted > self.at_most:
            amounts = cart.share(self.at_most, amounts, places)
        if self.scope == "together" and self.selector.is_everything:
            cart.order_wide.add(self.id)
        pieces = cart.take_off_each(zip(places, amounts, strict=True))
        self._tell(cart, pieces, sum(amounts), wanted)

    def _off_each(self, quantity: int, money: int) -> int:
        return sum([self._off(price) * units for price, units in prices(quantity, money)])

    def _take_off_units(self, cart: Cart, places: Sequence[int]) -> None:
        picks = cart.pick_paid(places)
        chosen = self._chosen(picks)
        if not chosen:
            cart.miss(self.id, self.kind, Shortfall((self.nth or 1) - count(picks), "units"))
            return
        amounts = [self._off(price) * quantity for price, _, _, quantity in chosen]
        wanted = sum(amounts)
        if self.at_most is not None and wanted > self.at_most:
            amounts = cart.share(self.at_most, amounts, [place for _, _, place, _ in chosen])
        self._tell(cart, cart.reduce_paid(chosen, amounts), sum(amounts), wanted)

    def _chosen(self, picks: list[Pick]) -> list[Pick]:
        """The units that the scope means, of all there are with the cheapest first."""
        match self.scope:
            case "cheapest_unit":
                return take(picks, 1)[0]
            case "dearest_unit":
                return take(picks[::-1], 1)[0]
            case "nth_unit":
                assert self.nth is not None
                return every_nth(picks[::-1], self.nth)
        return picks

    def _off(self, price: int) -> int:
        if self.percent_off is not None:
            return percentage(price, self.percent_off, self.rounding)
        if self.amount_off is not None:
            return min(self.amount_off, price)
        assert self.fixed_price is not None
        return max(0, price - self.fixed_price)

    def _tell(self, cart: Cart, pieces: tuple[Piece, ...], amount: int, wanted: int) -> None:
        if amount:
            capped_from = wanted if wanted > amount else None
            cart.effects.append(
                Discount(rule=self.id, amount=amount, pieces=pieces, code=self.code, capped_from=capped_from)
            )
        else:
            cart.miss(self.id, self.kind if self.fixed_price is None else "fixed_price", UNMET)


def every_nth(picks: Sequence[Pick], nth: int) -> list[Pick]:
    """Each nth unit, in the order of the picks."""
    chosen: list[Pick] = []
    passed = 0
    for price, rank, place, quantity in picks:
        now = (passed + quantity) // nth - passed // nth
        passed += quantity
        if now:
            chosen.append((price, rank, place, now))
    return chosen
