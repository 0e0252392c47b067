"""Pay for so many months, get more for nothing. Source: docs/rules/membership.md."""

from typing import Annotated, ClassVar, Literal

from pydantic import Field

from services.loyalty.domain.cart import Cart
from services.loyalty.domain.effects import ExtendMembership
from services.loyalty.domain.limit import Measure
from services.loyalty.domain.misses import ONE_UNIT
from services.loyalty.domain.rules.rule import RuleDocument, RuleId
from services.loyalty.domain.selector import Selector

UNITS_MAX = 10


class MembershipBonus(RuleDocument):
    """Each selected unit paid for is `paid_months` of the plan, and `bonus_months` more as a gift.

    The unit is the whole term: months bought one by one are other units, and bring no gift with them. At most
    UNITS_MAX units of one purchase count.
    """

    needs_customer: ClassVar[bool] = True
    counts: ClassVar[frozenset[Measure]] = frozenset({"uses", "units"})

    kind: Literal["membership_bonus"]
    plan: RuleId
    selector: Selector
    paid_months: Annotated[int, Field(strict=True, ge=1, le=120)]
    bonus_months: Annotated[int, Field(strict=True, ge=0, le=120)] = 0

    def apply(self, cart: Cart) -> None:
        """Extend the membership."""
        paid_for = cart.count_units(self.selector)
        units = min(paid_for, UNITS_MAX)
        if not units:
            cart.miss(self.id, self.kind, ONE_UNIT)
            return
        price = sum(cart.left[place] for place in cart.select(self.selector))
        cart.effects.append(
            ExtendMembership(
                rule=self.id,
                plan=self.plan,
                paid_months=units * self.paid_months,
                bonus_months=units * self.bonus_months,
                price=price * units // paid_for,
            )
        )
