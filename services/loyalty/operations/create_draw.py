"""Announcing a draw. Source: docs/rules/draws.md."""

import secrets
from datetime import datetime

from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from chassis.events.outbox import publish
from contracts.events.loyalty import DrawAnnounced
from kernel.ids import TenantId, new_id
from services.loyalty.domain.draw_seal import SEED_BYTES, commitment_of
from services.loyalty.domain.prize_draw import DrawTerms
from services.loyalty.domain.refusals.draws import DrawClosesTooSoon, DrawNameTaken
from services.loyalty.operations.apply_effects import by_language
from services.loyalty.queries.draws import find_draw
from services.loyalty.tables.prize_draws import PrizeDrawRow


def create_draw(
    db: Session, tenant_id: TenantId, terms: DrawTerms, *, at: datetime, trace: str | None = None
) -> PrizeDrawRow:
    """Announce a draw: its seed is chosen, and committed to, before there can be an entry.

    Raises DrawClosesTooSoon, and DrawNameTaken while a draw that rules call the same is open.
    """
    if terms.closes_at <= at:
        raise DrawClosesTooSoon
    seed, draw_id = secrets.token_bytes(SEED_BYTES), new_id("drw")
    made = db.scalar(
        insert(PrizeDrawRow)
        .values(
            tenant_id=tenant_id,
            id=draw_id,
            status="open",
            seed=seed,
            commitment=commitment_of(seed),
            lines=0,
            entries=0,
            position=0,
            ripe_position=0,
            version=1,
            created_at=at,
            **columns_of(terms),
        )
        .on_conflict_do_nothing()
        .returning(PrizeDrawRow.id)
    )
    if made is None:
        raise DrawNameTaken(draw=terms.draw)
    draw = find_draw(db, tenant_id, draw_id)
    announce(db, draw, terms, at=at, trace=trace)
    return draw


def columns_of(terms: DrawTerms) -> dict[str, object]:
    """The terms as the row keeps them."""
    return {
        "draw": terms.draw,
        "terms": terms.as_text(),
        "opens_at": terms.opens_at,
        "closes_at": terms.closes_at,
        "entries_per_customer": terms.entries_per_customer,
    }


def announce(db: Session, draw: PrizeDrawRow, terms: DrawTerms, *, at: datetime, trace: str | None) -> None:
    """Tell others what is promised from now on."""
    publish(
        db,
        DrawAnnounced(
            tenant_id=TenantId(draw.tenant_id),
            customer_id=None,
            occurred_at=at,
            draw_id=draw.id,
            draw_name=by_language(terms.name),
            commitment=draw.commitment.hex(),
            terms=draw.terms,
            opens_at=terms.opens_at,
            closes_at=terms.closes_at,
        ),
        trace=trace,
    )
