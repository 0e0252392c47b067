"""Plays of an instant win, for money, for articles or for coming. Source: docs/rules/instant-win.md."""

from typing import ClassVar, Literal

from services.loyalty.domain.cart import Cart
from services.loyalty.domain.instant_plays import PLAYS_MAX, PlayCount, give_plays, open_instant_win
from services.loyalty.domain.limit import Measure
from services.loyalty.domain.rules.counted import CountedRule
from services.loyalty.domain.rules.rule import RuleId


class InstantWin(CountedRule):
    """`plays` of an instant win for each `per` minor units of money, for each `per` articles, or for each visit.

    A sale brings at most PLAYS_MAX by a rule. What a play is good for counts from the sale.
    """

    needs_customer: ClassVar[bool] = True
    counts: ClassVar[frozenset[Measure]] = frozenset({"uses", "units"})

    kind: Literal["instant_win"]
    instant_win: RuleId
    plays: PlayCount = 1

    def apply(self, cart: Cart) -> None:
        """Give the customer plays, or say what stands in the way."""
        facts = open_instant_win(self.id, self.instant_win, cart)
        if facts is not None and (earned := min(self.times(cart) * self.plays, PLAYS_MAX)):
            give_plays(self.id, self.instant_win, facts, earned, cart)
