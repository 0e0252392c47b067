"""More of the units that other rules gave: double points. Source: docs/rules/multiplier.md."""

from typing import Annotated, ClassVar, Literal

from pydantic import Field

from kernel.points import Rounding
from services.loyalty.domain.cart import Cart
from services.loyalty.domain.effects import Accrue
from services.loyalty.domain.limit import Measure
from services.loyalty.domain.percent import quotient
from services.loyalty.domain.rules.rule import RuleDocument, RuleId


class Multiplier(RuleDocument):
    """What the named earn rules gave in this sale, `percent_more` of it again: 100 doubles it.

    Several multipliers of a rule each count from what the rule itself gave, so that they add up.
    """

    needs_customer: ClassVar[bool] = True
    counts: ClassVar[frozenset[Measure]] = frozenset({"uses", "units"})
    in_part: ClassVar[Measure | None] = "units"

    kind: Literal["multiplier"]
    of: Annotated[tuple[RuleId, ...], Field(min_length=1, max_length=100)]
    percent_more: Annotated[int, Field(strict=True, ge=1, le=10_000)] = 100
    rounding: Rounding = Rounding.DOWN

    def apply(self, cart: Cart) -> None:
        """Accrue as much more, for each unit by itself."""
        multiplied = [effect for effect in cart.effects if isinstance(effect, Accrue) and effect.rule in self.of]
        gave = False
        for unit in dict.fromkeys(effect.unit for effect in multiplied):
            those = [effect for effect in multiplied if effect.unit == unit]
            amount = quotient(sum([effect.amount for effect in those]) * self.percent_more, 100, self.rounding)
            if amount:
                self._accrue(cart, unit, amount, sum([effect.base for effect in those]))
                gave = True
        if not gave:
            cart.miss(self.id, self.kind)

    def _accrue(self, cart: Cart, unit: str, amount: int, base: int) -> None:
        spendable_at, expires_at = cart.life_of_units(unit)
        cart.effects.append(
            Accrue(rule=self.id, unit=unit, amount=amount, base=base, spendable_at=spendable_at, expires_at=expires_at)
        )
