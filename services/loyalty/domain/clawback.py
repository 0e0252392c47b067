"""Which lots give units back when a purchase is returned. Source: docs/rules/clawback.md."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import NamedTuple

from services.loyalty.domain.lot import Draw, Lot, LotId, draw_in_order


class Clawback(NamedTuple):
    """What is taken back: units from lots, and a debt for those that were spent."""

    draws: tuple[Draw, ...]
    debt: int


class Absorption(NamedTuple):
    """What an accrual pays of an older debt, and what it leaves to the customer."""

    paid: int
    kept: int


def plan_clawback(
    lots: Sequence[Lot], amount: int, *, made: Collection[LotId], at: datetime, lapsed: int = 0
) -> Clawback:
    """Take back `amount` units: from the lots the purchase made, then from the newest; the rest becomes a debt.

    `lapsed` of the units the purchase made had died before and were swept: they are not taken a second time. Lots of
    others that died are left for the sweep.
    """
    own = [lot for lot in lots if lot.id in made]
    others = [lot for lot in lots if lot.id not in made and not lot.is_expired(at)]
    to_take = max(0, amount - lapsed)
    draws = draw_in_order(_newest_first(own) + _newest_first(others), to_take)
    return Clawback(draws, to_take - sum(draw.amount for draw in draws))


def absorb_debt(earned: int, debt: int) -> Absorption:
    """An accrual pays the wallet's debt first. Both are units, not below zero."""
    paid = min(earned, debt)
    return Absorption(paid, earned - paid)


def _newest_first(lots: Sequence[Lot]) -> list[Lot]:
    return sorted(lots, key=lambda lot: (lot.earned_at, lot.id), reverse=True)
