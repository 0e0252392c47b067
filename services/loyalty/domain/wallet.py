"""What a wallet holds at a moment, whether or not the nightly job has run. Source: docs/rules/balance.md."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from services.loyalty.domain.burn import spendable
from services.loyalty.domain.lot import Lot


class NextExpiry(NamedTuple):
    """The units that die next, and the moment from which they are gone."""

    at: datetime
    amount: int


@dataclass(frozen=True, slots=True, kw_only=True)
class WalletView:
    """A wallet by the clock. All amounts are whole units.

    `balance` counts what has not died; it is below zero while the customer owes. `expired_unswept` died and waits
    for the sweep: the ledger's balance is both together. Until `next_change_at`, time alone changes nothing here.
    """

    balance: int
    pending: int
    held: int
    available: int
    expired_unswept: int
    next_expiry: NextExpiry | None
    next_change_at: datetime | None


def wallet_view(lots: Sequence[Lot], *, held: int, at: datetime) -> WalletView:
    """What the lots come to at that moment, with `held` units of them set aside."""
    alive = [lot for lot in lots if not lot.is_expired(at)]
    pending = [lot for lot in alive if lot.spendable_at > at]
    return WalletView(
        balance=sum(lot.remaining for lot in alive),
        pending=sum(lot.remaining for lot in pending),
        held=held,
        available=spendable(alive, at=at, held=held),
        expired_unswept=sum(lot.remaining for lot in lots if lot.is_expired(at)),
        next_expiry=_next_expiry(alive),
        next_change_at=min(
            [lot.expires_at for lot in alive if lot.expires_at and lot.remaining]
            + [lot.spendable_at for lot in pending if lot.remaining],
            default=None,
        ),
    )


def _next_expiry(alive: Sequence[Lot]) -> NextExpiry | None:
    moments = [lot.expires_at for lot in alive if lot.expires_at and lot.remaining > 0]
    if not moments:
        return None
    first = min(moments)
    return NextExpiry(first, sum(lot.remaining for lot in alive if lot.expires_at == first))
