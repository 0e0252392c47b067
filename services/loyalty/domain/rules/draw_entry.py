"""Entries in a draw, for money, for articles or for coming. Source: docs/rules/draws.md."""

from typing import ClassVar, Literal

from services.loyalty.domain.cart import Cart
from services.loyalty.domain.draw_entries import EntryCount, enter, open_draw
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
    entries: EntryCount = 1

    def apply(self, cart: Cart) -> None:
        """Enter the customer, or say what stands in the way."""
        draw = open_draw(self.id, self.draw, cart)
        if draw is not None and (earned := min(self.times(cart) * self.entries, ENTRIES_OF_SALE_MAX)):
            enter(self.id, self.draw, draw, earned, cart)
