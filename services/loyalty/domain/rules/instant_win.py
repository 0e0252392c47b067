"""Plays of an instant win, for money, for articles or for coming. Source: docs/rules/instant-win.md."""

from typing import Annotated, ClassVar, Literal

from pydantic import Field

from services.loyalty.domain.cart import Cart
from services.loyalty.domain.effects import GivePlays
from services.loyalty.domain.limit import Measure
from services.loyalty.domain.local_day import days_later
from services.loyalty.domain.rules.counted import CountedRule
from services.loyalty.domain.rules.rule import RuleId

PLAYS_OF_SALE_MAX = 100


class InstantWin(CountedRule):
    """`plays` of an instant win for each `per` minor units of money, for each `per` articles, or for each visit.

    A sale brings at most PLAYS_OF_SALE_MAX by a rule. What a play is good for counts from the sale.
    """

    needs_customer: ClassVar[bool] = True
    counts: ClassVar[frozenset[Measure]] = frozenset({"uses", "units"})

    kind: Literal["instant_win"]
    instant_win: RuleId
    plays: Annotated[int, Field(strict=True, ge=1, le=PLAYS_OF_SALE_MAX)] = 1

    def apply(self, cart: Cart) -> None:
        """Give the customer plays, or say what stands in the way."""
        assert cart.customer is not None
        facts = cart.customer.instant_wins.get(self.instant_win)
        if facts is None:
            cart.miss(self.id, "instant_win_unknown")
        elif cart.at < facts.opens_at:
            cart.miss(self.id, "instant_win_opens", again_at=facts.opens_at)
        elif facts.closed or cart.at >= facts.closes_at:
            cart.miss(self.id, "instant_win_closed")
        elif earned := min(self.times(cart) * self.plays, PLAYS_OF_SALE_MAX):
            until = facts.closes_at
            if facts.play_days is not None:
                until = min(until, days_later(cart.at, facts.play_days, cart.terms.zone))
            cart.effects.append(
                GivePlays(
                    rule=self.id,
                    instant_win=self.instant_win,
                    instant_win_id=facts.id,
                    plays=earned,
                    valid_until=until,
                )
            )
