"""Which lots give units back when a purchase is returned. Source: docs/rules/clawback.md."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Literal, NamedTuple

from services.loyalty.domain.lot import Draw, Lot, LotId, draw_in_order

# What becomes of units that were spent before their purchase came back.
Policy = Literal["debt", "clamp", "pending_only"]


class Clawback(NamedTuple):
    """What is taken back: units from lots; of those that were spent, a debt, or what is let go."""

    draws: tuple[Draw, ...]
    debt: int
    waived: int


class Absorption(NamedTuple):
    """What an accrual pays of an older debt, and what it leaves to the customer."""

    paid: int
    kept: int


def plan_clawback(
    lots: Sequence[Lot], amount: int, *, made: Collection[LotId], at: datetime, lapsed: int = 0, policy: Policy = "debt"
) -> Clawback:
    """Take back `amount` units: from the lots the purchase made, then from the newest; the rest becomes a debt.

    Under `clamp` the rest is let go. Under `pending_only` only units are taken that the purchase made and that nobody
    can spend yet.

    `lapsed` of the units the purchase made had died before and were swept: they are not taken a second time. Lots of
    others that died are left for the sweep.
    """
    own = [lot for lot in lots if lot.id in made]
    others = [lot for lot in lots if lot.id not in made and not lot.is_expired(at)]
    to_take = max(0, amount - lapsed)
    if policy == "pending_only":
        own, others = [lot for lot in own if lot.spendable_at > at], []
    draws = draw_in_order(_newest_first(own) + _newest_first(others), to_take)
    missing = to_take - sum(draw.amount for draw in draws)
    return Clawback(draws, missing, 0) if policy == "debt" else Clawback(draws, 0, missing)


def absorb_debt(earned: int, debt: int) -> Absorption:
    """An accrual pays the wallet's debt first. Both are units, not below zero."""
    paid = min(earned, debt)
    return Absorption(paid, earned - paid)


def _newest_first(lots: Sequence[Lot]) -> list[Lot]:
    return sorted(lots, key=lambda lot: (lot.earned_at, lot.id), reverse=True)
