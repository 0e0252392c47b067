"""Calling a draw off."""

from datetime import datetime

from sqlalchemy.orm import Session

from chassis.events.outbox import publish
from contracts.events.loyalty import DrawCancelled
from kernel.ids import TenantId
from services.loyalty.domain.by_hand import ByHand
from services.loyalty.domain.refusals.draws import DrawNotOpen
from services.loyalty.operations.apply_effects import by_language
from services.loyalty.queries.draws import find_draw, terms_of
from services.loyalty.tables.prize_draws import PrizeDrawRow


def cancel_draw(
    db: Session,
    tenant_id: TenantId,
    draw_id: str,
    *,
    by: ByHand,
    at: datetime,
) -> PrizeDrawRow:
    """Call a draw off that has not closed: nobody is entered any more, and nobody wins. Again changes nothing.

    Raises DrawUnknown; and DrawNotOpen from closing on, when a draw nobody likes the outcome of could be undone so.
    """
    draw = find_draw(db, tenant_id, draw_id, lock=True)
    if draw.status == "cancelled":
        return draw
    if draw.status != "open" or at >= draw.closes_at:
        raise DrawNotOpen(status=draw.status)
    draw.status, draw.reason, draw.actor = "cancelled", by.reason, by.actor
    draw.version += 1
    db.flush()
    publish(
        db,
        DrawCancelled(
            tenant_id=tenant_id,
            customer_id=None,
            occurred_at=at,
            draw_id=draw.id,
            draw_name=by_language(terms_of(draw).name),
            reason=by.reason,
        ),
        trace=by.trace,
    )
    return draw
