"""Stopping an instant win before its time. Source: docs/rules/instant-win.md."""

from datetime import datetime

from sqlalchemy.orm import Session

from kernel.ids import TenantId
from services.loyalty.domain.by_hand import ByHand
from services.loyalty.domain.refusals.instant_wins import InstantWinNotOpen
from services.loyalty.operations.end_instant_win import show
from services.loyalty.queries.instant_wins import find_instant_win, status_at
from services.loyalty.tables.instant_wins import InstantWinRow


def stop_instant_win(
    db: Session, tenant_id: TenantId, instant_win_id: str, *, by: ByHand, at: datetime
) -> InstantWinRow:
    """Let nobody play any more: what was won stays won, and the secret is shown. Again changes nothing.

    Raises InstantWinUnknown, and InstantWinNotOpen when its time is over anyway.
    """
    instant_win = find_instant_win(db, tenant_id, instant_win_id, lock="end")
    if instant_win.status == "stopped":
        return instant_win
    if status_at(instant_win, at) not in ("announced", "open"):
        raise InstantWinNotOpen(status=status_at(instant_win, at))
    instant_win.reason, instant_win.actor = by.reason, by.actor
    show(db, instant_win, "stopped", at=at, trace=by.trace)
    return instant_win
