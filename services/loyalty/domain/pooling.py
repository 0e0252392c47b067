"""Who of a pool gives how much. Source: docs/adr/0031-a-pool-gathers.md."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from kernel.ids import CustomerId
from services.loyalty.domain.burn import burn_order
from services.loyalty.domain.lot import Lot


def plan_gathering(
    lots: Mapping[CustomerId, Sequence[Lot]], able: Mapping[CustomerId, int], needed: int, *, at: datetime
) -> dict[CustomerId, int]:
    """How many units each gives, so that together they give what is needed: the units that die first, whoever has them.

    Nobody gives more than they are `able` to: what they owe or hold is not counted in.
    """
    left = dict(able)
    shares: dict[CustomerId, int] = {}
    units = [(burn_order(lot), giver, lot) for giver, theirs in lots.items() for lot in theirs if lot.is_spendable(at)]
    for _order, giver, lot in sorted(units, key=lambda unit: unit[:2]):
        share = min(lot.remaining, left[giver], needed)
        if share > 0:
            shares[giver] = shares.get(giver, 0) + share
            left[giver] -= share
            needed -= share
    return shares
