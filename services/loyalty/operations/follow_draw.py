"""Doing what the clock asks of a draw, one step at a time."""

from datetime import datetime

from sqlalchemy.orm import Session

from kernel.ids import TenantId
from services.loyalty.operations.claim_prize import claim_at_once
from services.loyalty.operations.fill_prizes import fill_prizes
from services.loyalty.operations.reveal_draw import reveal_draw
from services.loyalty.operations.seal_draw import seal_draw
from services.loyalty.queries.draws import find_draw


def follow_draw(db: Session, tenant_id: TenantId, draw_id: str, *, at: datetime) -> int:
    """Seal its entries, close it, reveal it, pass on what was not claimed: the next of these that is due.

    Each step is a transaction of its own under the draw's lock, so that whoever dies between two leaves the rest to the
    next, and two at once do each once. Returns whether anything was done.
    """
    draw = find_draw(db, tenant_id, draw_id, lock=True)
    match draw.status:
        case "open" if at >= draw.closes_at:
            # From here on nobody reads it as open; those who did are waited for.
            draw.status, draw.ripe_after = "closing", None
            db.flush()
            return 1
        case "open" | "closing":
            return seal_draw(db, draw, at=at)
        case "closed":
            return reveal_draw(db, draw, at=at)
        case "drawn":
            return fill_prizes(db, draw, at=at) or claim_at_once(db, draw, at=at)
    return 0
