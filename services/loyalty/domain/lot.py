"""Units earned together that expire together."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import NewType

LotId = NewType("LotId", str)

FAR_AWAY = datetime.max.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Lot:
    """What is left of units earned together. `remaining` is whole units; below zero it is a debt.

    Spendable from `spendable_at` until just before `expires_at`.
    """

    id: LotId
    remaining: int
    spendable_at: datetime
    expires_at: datetime | None
    earned_at: datetime

    def is_expired(self, at: datetime) -> bool:
        """Whether its life is over, by the clock."""
        return self.expires_at is not None and self.expires_at <= at

    def is_spendable(self, at: datetime) -> bool:
        """Whether its units can pay for something now."""
        return self.remaining > 0 and self.spendable_at <= at and not self.is_expired(at)


@dataclass(frozen=True, slots=True)
class Draw:
    """Units taken from a lot."""

    lot: LotId
    amount: int


def draw_in_order(lots: list[Lot], amount: int) -> tuple[Draw, ...]:
    """Take units from the lots one after the other until the amount is reached or they are empty."""
    draws = []
    for lot in lots:
        taken = min(lot.remaining, amount)
        if taken > 0:
            draws.append(Draw(lot.id, taken))
            amount -= taken
    return tuple(draws)
