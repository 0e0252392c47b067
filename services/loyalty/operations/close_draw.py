"""Freezing a draw's list. Source: docs/rules/draws.md."""

from datetime import datetime

from sqlalchemy.orm import Session

from chassis.events.outbox import publish
from contracts.events.loyalty import DrawClosed
from kernel.ids import TenantId
from services.loyalty.domain.draw_seal import first_link
from services.loyalty.operations.apply_effects import by_language
from services.loyalty.queries.draws import terms_of
from services.loyalty.tables.prize_draws import PrizeDrawRow


def close_draw(db: Session, draw: PrizeDrawRow, *, at: datetime) -> None:
    """Freeze the list of a locked draw, all of whose entries are in the chain, and publish its hash."""
    draw.status, draw.closed_at = "closed", at
    draw.hash = draw.hash or first_link(draw.id, draw.commitment, draw.terms)
    db.flush()
    publish(
        db,
        DrawClosed(
            tenant_id=TenantId(draw.tenant_id),
            customer_id=None,
            occurred_at=at,
            draw_id=draw.id,
            draw_name=by_language(terms_of(draw).name),
            entries_hash=draw.hash.hex(),
            lines=draw.lines,
            entries=draw.entries,
        ),
    )
