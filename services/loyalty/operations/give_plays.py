"""Giving a customer plays by hand: the way in that needs no purchase. Source: docs/rules/instant-win.md."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from kernel.ids import CustomerId, TenantId, new_id
from services.loyalty.domain.by_hand import ByHand
from services.loyalty.domain.local_day import days_later
from services.loyalty.domain.refusals.instant_wins import InstantWinNotOpen
from services.loyalty.queries.customers import locked, welcome
from services.loyalty.queries.instant_wins import find_instant_win, status_at
from services.loyalty.queries.zone import zone_of
from services.loyalty.tables.instant_wins import PlayRow


def give_plays(
    db: Session,
    tenant_id: TenantId,
    instant_win_id: str,
    customer_id: CustomerId,
    plays: int,
    *,
    by: ByHand,
    at: datetime,
) -> Sequence[PlayRow]:
    """Give a customer so many plays of an open instant win.

    Raises NoSuchCustomer, CustomerBlocked, InstantWinUnknown and InstantWinNotOpen.
    """
    standing = welcome(locked(db, tenant_id, customer_id), customer_id)
    instant_win = find_instant_win(db, tenant_id, instant_win_id)
    if (status := status_at(instant_win, at)) != "open":
        raise InstantWinNotOpen(status=status)
    valid_until = instant_win.closes_at
    if instant_win.play_days is not None:
        valid_until = min(valid_until, days_later(at, instant_win.play_days, zone_of(db, tenant_id)))
    given = [
        PlayRow(
            tenant_id=tenant_id,
            id=play_id,
            instant_win_id=instant_win.id,
            customer_id=standing.customer_id,
            source=play_id,
            reason=by.reason,
            actor=by.actor,
            given_at=at,
            valid_until=valid_until,
        )
        for play_id in (new_id("ply") for _ in range(plays))
    ]
    db.add_all(given)
    db.flush()
    return given
