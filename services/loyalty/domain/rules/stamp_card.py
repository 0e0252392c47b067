"""Buy so many across visits, get a voucher. Source: docs/rules/stamp-card.md."""

from typing import Annotated, ClassVar, Literal

from pydantic import Field

from services.loyalty.domain.cart import Cart
from services.loyalty.domain.effects import IssueVoucher, Stamp
from services.loyalty.domain.limit import Measure
from services.loyalty.domain.misses import ONE_UNIT
from services.loyalty.domain.reward import Reward
from services.loyalty.domain.rules.rule import RuleDocument, RuleId
from services.loyalty.domain.selector import EVERYTHING, Selector
from services.loyalty.domain.stamps import fill


class StampCard(RuleDocument):
    """A stamp for each selected unit paid for, or for each visit with one. A full card becomes a voucher."""

    needs_customer: ClassVar[bool] = True
    counts: ClassVar[frozenset[Measure]] = frozenset({"uses", "units"})

    kind: Literal["stamp_card"]
    card: RuleId
    stamps_needed: Annotated[int, Field(strict=True, ge=1, le=1000)]
    stamp_for: Literal["unit", "visit"] = "unit"
    selector: Selector = EVERYTHING
    reward: Reward

    def apply(self, cart: Cart) -> None:
        """Stamp the card, and issue a voucher for each time it is full."""
        units = cart.count_units(self.selector)
        if not units:
            cart.miss(self.id, self.kind, ONE_UNIT)
            return
        assert cart.customer is not None
        stamps = units if self.stamp_for == "unit" else 1
        on_card, filled = fill(cart.customer.stamps.get(self.card, 0), stamps, self.stamps_needed)
        cart.effects.append(
            Stamp(
                rule=self.id,
                card=self.card,
                stamps=stamps,
                needed=self.stamps_needed,
                filled=filled,
                on_card=on_card,
            )
        )
        cart.effects.extend([self._voucher(cart)] * filled)

    def _voucher(self, cart: Cart) -> IssueVoucher:
        valid_until = self.reward.valid_until(cart.at, cart.terms.zone)
        return IssueVoucher(rule=self.id, card=self.card, reward=self.reward, valid_until=valid_until)
