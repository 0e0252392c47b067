"""Entries in a draw, for money, for articles or for coming. Source: docs/rules/draws.md."""

from typing import Annotated, ClassVar, Literal, Self

from pydantic import Field, model_validator

from kernel.points import Rounding
from services.loyalty.domain.basket import MONEY_MAX
from services.loyalty.domain.cart import Cart
from services.loyalty.domain.customer import DrawFacts
from services.loyalty.domain.effects import EnterDraw
from services.loyalty.domain.limit import Measure
from services.loyalty.domain.misses import Shortfall
from services.loyalty.domain.percent import quotient
from services.loyalty.domain.rules.rule import RuleDocument, RuleId
from services.loyalty.domain.selector import EVERYTHING, Selector

ENTRIES_OF_SALE_MAX = 10_000


class DrawEntry(RuleDocument):
    """`entries` in a draw for each `per` minor units of money, for each `per` articles, or for each visit.

    The money is what is left to pay for the selected lines; a part that does not fill `per` brings nothing. A sale
    brings at most ENTRIES_OF_SALE_MAX, and never more than the draw leaves the customer.
    """

    needs_customer: ClassVar[bool] = True
    counts: ClassVar[frozenset[Measure]] = frozenset({"uses", "units"})

    kind: Literal["draw_entry"]
    draw: RuleId
    for_each: Literal["money", "unit", "visit"] = "visit"
    entries: Annotated[int, Field(strict=True, ge=1, le=1000)] = 1
    per: Annotated[int, Field(strict=True, ge=1, le=MONEY_MAX)] | None = None
    selector: Selector = EVERYTHING

    @model_validator(mode="after")
    def _says_per_what(self) -> Self:
        if self.for_each == "money" and self.per is None:
            raise ValueError("say per how much money")
        if self.for_each == "visit" and self.per is not None:
            raise ValueError("a visit brings the entries once: per is for money and units")
        return self

    def apply(self, cart: Cart) -> None:
        """Enter the customer, or say what stands in the way."""
        assert cart.customer is not None
        draw = cart.customer.draws.get(self.draw)
        if draw is None:
            cart.miss(self.id, "draw_unknown")
        elif cart.at < draw.opens_at:
            cart.miss(self.id, "draw_opens", again_at=draw.opens_at)
        elif draw.closed or cart.at >= draw.closes_at:
            cart.miss(self.id, "draw_closed")
        elif earned := min(self._earned(cart), ENTRIES_OF_SALE_MAX):
            self._enter(cart, draw, earned)

    def _earned(self, cart: Cart) -> int:
        """The entries that the sale is worth; without any the miss is left."""
        places = cart.select(self.selector)
        if not places:
            cart.miss(self.id, self.kind, Shortfall(1, "units"))
            return 0
        if self.for_each == "visit":
            return self.entries
        per = self.per or 1
        if self.for_each == "unit":
            worth = sum([cart.paid_units[place] for place in places])
        else:
            worth = cart.paid_otherwise(sum([cart.left[place] for place in places]), cart.terms.tenders_not_earning)
        earned = quotient(worth, per, Rounding.DOWN) * self.entries
        if not earned:
            cart.miss(self.id, self.kind, Shortfall(per - worth, "money" if self.for_each == "money" else "units"))
        return earned

    def _enter(self, cart: Cart, draw: DrawFacts, earned: int) -> None:
        entries = earned
        if draw.left is not None:
            before = [effect for effect in cart.effects if isinstance(effect, EnterDraw) and effect.draw == self.draw]
            entries = min(earned, draw.left - sum([effect.entries for effect in before]))
        if entries <= 0:
            cart.miss(self.id, "draw_entries")
            return
        cart.effects.append(
            EnterDraw(
                rule=self.id,
                draw=self.draw,
                draw_id=draw.id,
                entries=entries,
                capped_from=earned if entries < earned else None,
            )
        )
