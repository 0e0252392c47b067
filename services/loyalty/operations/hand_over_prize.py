"""Handing over a prize that was won."""

from datetime import datetime

from sqlalchemy.orm import Session

from kernel.ids import TenantId
from services.loyalty.operations.claim_prize import claim_prize
from services.loyalty.tables.prize_draws import DrawPickRow


def hand_over_prize(
    db: Session, tenant_id: TenantId, draw_id: str, pick: int, *, actor: str, at: datetime, trace: str | None = None
) -> DrawPickRow:
    """Note that the winner has the thing in their hands; it is claimed by that. Again changes nothing.

    Raises what `claim_prize` raises.
    """
    win = claim_prize(db, tenant_id, draw_id, pick, actor=actor, at=at, trace=trace)
    if win.status == "claimed":
        win.status, win.actor, win.updated_at = "handed_over", actor, at
        db.flush()
    return win
