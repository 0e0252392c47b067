"""Of several percentages on one order, only the best. Source: docs/rules/discount.md."""

from collections.abc import Sequence
from dataclasses import dataclass

from services.loyalty.domain.cart import Cart
from services.loyalty.domain.misses import UNMET, Shortfall
from services.loyalty.domain.rules.rule import RuleDocument


@dataclass(frozen=True, slots=True)
class BestOnly:
    """The rule that takes most off applies, the first of them when two take the same; the others say by how much."""

    rules: Sequence[RuleDocument]

    def consider(self, cart: Cart) -> None:
        """Try every rule on the cart as it is now, and apply the best."""
        due = sum(cart.left)
        trials = [cart.trial() for _ in self.rules]
        for rule, trial in zip(self.rules, trials, strict=True):
            rule.consider(trial)
        off = [due - sum(trial.left) for trial in trials]
        best = off.index(max(off))
        for index, (rule, trial) in enumerate(zip(self.rules, trials, strict=True)):
            if index == best or not off[index]:
                cart.misses.extend(trial.misses)
            else:
                less = off[best] - off[index]
                cart.miss(rule.id, "better_discount", Shortfall(less, "money") if less else UNMET)
        cart.left, cart.paid_units = trials[best].left, trials[best].paid_units
        cart.effects.extend(trials[best].effects)
