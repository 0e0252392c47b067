"""Sell passes of so many entries. Source: docs/rules/passes.md."""

from typing import Annotated, ClassVar, Literal

from pydantic import Field

from services.loyalty.domain.cart import Cart
from services.loyalty.domain.effects import IssuePass
from services.loyalty.domain.limit import Measure
from services.loyalty.domain.local_day import day_end, days_later, local_date
from services.loyalty.domain.misses import ONE_UNIT
from services.loyalty.domain.rules.rule import RuleDocument, RuleId
from services.loyalty.domain.selector import Selector

PASSES_MAX = 10


class PassSale(RuleDocument):
    """Each selected unit paid for is a pass: `entries` on a plan, within `valid_days` days, today being the first.

    A pass is good until the end of its last day in the shop; for ever when no days are said. At most PASSES_MAX units
    of one purchase count.
    """

    needs_customer: ClassVar[bool] = True
    counts: ClassVar[frozenset[Measure]] = frozenset({"uses"})

    kind: Literal["pass"]
    plan: RuleId
    selector: Selector
    entries: Annotated[int, Field(strict=True, ge=1, le=1000)]
    valid_days: Annotated[int, Field(strict=True, ge=1, le=3660)] | None = None

    def apply(self, cart: Cart) -> None:
        """Issue the passes."""
        passes = min(cart.count_units(self.selector), PASSES_MAX)
        if not passes:
            cart.miss(self.id, self.kind, ONE_UNIT)
            return
        zone = cart.terms.zone
        last_day = local_date(days_later(cart.at, self.valid_days - 1, zone), zone) if self.valid_days else None
        cart.effects.append(
            IssuePass(
                rule=self.id,
                plan=self.plan,
                passes=passes,
                entries=self.entries,
                valid_until=day_end(last_day, zone) if last_day else None,
            )
        )
