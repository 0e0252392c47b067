"""Which lots pay for something. Source: docs/rules/burn-order.md."""

from collections.abc import Sequence
from datetime import datetime

from services.loyalty.domain.lot import FAR_AWAY, Draw, Lot, LotId, draw_in_order
from services.loyalty.domain.refusals.wallets import InsufficientPoints


def plan_burn(
    lots: Sequence[Lot],
    amount: int,
    *,
    at: datetime,
    held: int = 0,
    since: datetime | None = None,
    clamp: bool = False,
) -> tuple[Draw, ...]:
    """Choose which lots pay: soonest to expire first, never-expiring last, then the oldest.

    `amount` is whole units above zero; `held` is what is set aside for others. Lots that could be spent at `since`
    pay too, even if they have died by now. The draws add up to the amount.
    Raises InsufficientPoints, drawing nothing, when debts and holds leave less than that to spend; or draws what there
    is, if that is to be the `clamp`, and raises it only where there is nothing.
    """
    payers = [lot for lot in lots if lot.is_spendable(at) or (since is not None and lot.is_spendable(since))]
    available = _less_debts(payers, lots, held)
    if clamp and available:
        amount = min(amount, available)
    if amount > available:
        raise InsufficientPoints(needed=amount, available=available)
    return draw_in_order(sorted(payers, key=burn_order), amount)


def spendable(lots: Sequence[Lot], *, at: datetime, held: int = 0) -> int:
    """What can be spent now: the spendable lots less debts and holds; never below zero."""
    return _less_debts([lot for lot in lots if lot.is_spendable(at)], lots, held)


def _less_debts(payers: Sequence[Lot], lots: Sequence[Lot], held: int) -> int:
    debt = sum(lot.remaining for lot in lots if lot.remaining < 0)
    return max(0, sum(lot.remaining for lot in payers) + debt - held)


def burn_order(lot: Lot) -> tuple[datetime, datetime, LotId]:
    """Lots that sort first are spent first."""
    return lot.expires_at or FAR_AWAY, lot.earned_at, lot.id
