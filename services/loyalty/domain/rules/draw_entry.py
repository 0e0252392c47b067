"""Entries in a draw, for money, for articles or for coming. Source: docs/rules/draws.md."""

from typing import Annotated, ClassVar, Literal

from pydantic import Field

from services.loyalty.domain.cart import Cart
from services.loyalty.domain.customer import DrawFacts
from services.loyalty.domain.effects import EnterDraw
from services.loyalty.domain.limit import Measure
from services.loyalty.domain.rules.counted import CountedRule
from services.loyalty.domain.rules.rule import RuleId

ENTRIES_OF_SALE_MAX = 10_000


class DrawEntry(CountedRule):
    """`entries` in a draw for each `per` minor units of money, for each `per` articles, or for each visit.

    A sale brings at most ENTRIES_OF_SALE_MAX, and never more than the draw leaves the customer.
    """

    needs_customer: ClassVar[bool] = True
    counts: ClassVar[frozenset[Measure]] = frozenset({"uses", "units"})

    kind: Literal["draw_entry"]
    draw: RuleId
    entries: Annotated[int, Field(strict=True, ge=1, le=1000)] = 1

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
        elif earned := min(self.times(cart) * self.entries, ENTRIES_OF_SALE_MAX):
            self._enter(cart, draw, earned)

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
