"""Ending an instant win: from then on everybody can check it. Source: docs/rules/instant-win.md."""

from datetime import datetime
from typing import Literal

from sqlalchemy.orm import Session

from chassis.events.outbox import publish
from contracts.events.loyalty import InstantWinEnded
from kernel.ids import TenantId
from services.loyalty.operations.apply_effects import by_language
from services.loyalty.queries.instant_wins import find_instant_win, status_at, terms_of
from services.loyalty.tables.instant_wins import InstantWinRow


def end_instant_win(db: Session, tenant_id: TenantId, instant_win_id: str, *, at: datetime) -> int:
    """Show the secret of an instant win whose time is over; returns whether it was. Again changes nothing.

    Everybody who is playing is waited for, and who comes later finds it over. Raises InstantWinUnknown.
    """
    instant_win = find_instant_win(db, tenant_id, instant_win_id, lock="end")
    if status_at(instant_win, at) != "closing":
        return 0
    show(db, instant_win, "ended", at=at, trace=None)
    return 1


def show(
    db: Session, instant_win: InstantWinRow, status: Literal["ended", "stopped"], *, at: datetime, trace: str | None
) -> None:
    """Let a locked instant win be over, and show its secret."""
    instant_win.status, instant_win.ended_at = status, at
    instant_win.version += 1
    db.flush()
    publish(
        db,
        InstantWinEnded(
            tenant_id=TenantId(instant_win.tenant_id),
            customer_id=None,
            occurred_at=at,
            instant_win_id=instant_win.id,
            instant_win_name=by_language(terms_of(instant_win).name),
            secret=instant_win.secret.hex(),
            turns=instant_win.turns,
            reason=instant_win.reason,
        ),
        trace=trace,
    )
