"""Burned units that come back, each to the lot it was taken from. Source: docs/rules/rewards.md."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from services.loyalty.domain.burn import burn_order
from services.loyalty.domain.lot import Lot

LIFE_LEFT_MIN = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Drawn:
    """A lot, and how many units a burn took from it."""

    lot: Lot
    amount: int


@dataclass(frozen=True, slots=True)
class GivenBack:
    """Units that come back. `expires_at` is when they die; `renewed` says that it is later than their lot does."""

    lot: Lot
    amount: int
    expires_at: datetime | None
    renewed: bool


def plan_give_back(drawn: Sequence[Drawn], amount: int, *, at: datetime, already: int = 0) -> tuple[GivenBack, ...]:
    """Give back `amount` of the units that were burned, of which `already` came back before.

    The last to be burned comes back first: what stays burned is what a smaller burn would have taken. Units keep
    their own end, and live for LIFE_LEFT_MIN at the least.
    """
    assert already + amount <= sum(each.amount for each in drawn), "no more comes back than was burned"
    returns = []
    for each in sorted(drawn, key=lambda one: burn_order(one.lot), reverse=True):
        skipped = min(already, each.amount)
        already -= skipped
        back = min(amount, each.amount - skipped)
        amount -= back
        if back:
            returns.append(_with_life(each.lot, back, at))
    return tuple(returns)


def _with_life(lot: Lot, amount: int, at: datetime) -> GivenBack:
    shortest = at + LIFE_LEFT_MIN
    if lot.expires_at is None or lot.expires_at >= shortest:
        return GivenBack(lot, amount, lot.expires_at, renewed=False)
    return GivenBack(lot, amount, shortest, renewed=True)
