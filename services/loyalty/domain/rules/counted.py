"""What rules that give something for money, for articles or for coming have in common."""

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from kernel.points import Rounding
from services.loyalty.domain.basket import MONEY_MAX
from services.loyalty.domain.cart import Cart
from services.loyalty.domain.misses import ONE_UNIT, Shortfall
from services.loyalty.domain.percent import quotient
from services.loyalty.domain.rules.rule import RuleDocument
from services.loyalty.domain.selector import EVERYTHING, Selector


class CountedRule(RuleDocument):
    """Gives something for each `per` minor units of money, for each `per` articles, or for each visit.

    The money is what is left to pay for the selected lines; a part that does not fill `per` brings nothing.
    """

    kind: str
    for_each: Literal["money", "unit", "visit"] = "visit"
    per: Annotated[int, Field(strict=True, ge=1, le=MONEY_MAX)] | None = None
    selector: Selector = EVERYTHING

    @model_validator(mode="after")
    def _says_per_what(self) -> Self:
        if self.for_each == "money" and self.per is None:
            raise ValueError("say per how much money")
        if self.for_each == "visit" and self.per is not None:
            raise ValueError("a visit counts once: per is for money and units")
        return self

    def times(self, cart: Cart) -> int:
        """How often the sale is worth what the rule gives; where it is not worth it once, the miss is left."""
        places = cart.select(self.selector)
        if not places:
            cart.miss(self.id, self.kind, ONE_UNIT)
            return 0
        if self.for_each == "visit":
            return 1
        per = self.per or 1
        if self.for_each == "unit":
            worth = sum([cart.paid_units[place] for place in places])
        else:
            worth = cart.paid_otherwise(sum([cart.left[place] for place in places]), cart.terms.tenders_not_earning)
        times = quotient(worth, per, Rounding.DOWN)
        if not times:
            cart.miss(self.id, self.kind, Shortfall(per - worth, "money" if self.for_each == "money" else "units"))
        return times
