"""Showing a draw's seed, and who was picked. Source: docs/rules/draws.md."""

from datetime import datetime

from sqlalchemy.orm import Session

from chassis.events.outbox import publish
from contracts.events.loyalty import DrawRevealed
from kernel.ids import TenantId
from services.loyalty.domain.draw_picks import numbers_from, pick_winners, tickets_by_source
from services.loyalty.domain.draw_seal import tickets_of
from services.loyalty.operations.apply_effects import by_language
from services.loyalty.operations.fill_prizes import fill_prizes
from services.loyalty.queries.draws import customers_of, lines_of, sources_in, terms_of
from services.loyalty.tables.prize_draws import DrawPickRow, PrizeDrawRow


def reveal_draw(db: Session, draw: PrizeDrawRow, *, at: datetime) -> int:
    """Pick the winners of a locked draw that is closed, as soon as its beacon is there; returns whether it was."""
    terms = terms_of(draw)
    if terms.beacon is not None and draw.beacon is None:
        return 0
    assert draw.hash is not None, "it is closed"
    picked = pick_winners(
        tickets_of(lines_of(db, draw)),
        numbers_from(draw.seed, draw.hash, draw.beacon or ""),
        picks=terms.picks,
        one_win_per_customer=terms.one_win_per_customer,
    )
    customers = customers_of(db, draw)
    tickets = {
        entrant: tickets_by_source(sources_in(db, draw, customers[entrant]))
        for entrant in dict.fromkeys(pick.entrant for pick in picked)
    }
    prizes = len(terms.prize_of_slot)
    for turn, pick in enumerate(picked):
        source, nth = tickets[pick.entrant].pop(pick.nth)
        db.add(
            DrawPickRow(
                tenant_id=draw.tenant_id,
                draw_id=draw.id,
                pick=turn + 1,
                ticket=pick.ticket,
                tickets_left=pick.left,
                entrant=pick.entrant,
                customer_id=customers[pick.entrant],
                source=source,
                nth_of_source=nth,
                slot=turn if turn < prizes else None,
                status="won" if turn < prizes else "waiting",
                updated_at=at,
            )
        )
    draw.status, draw.drawn_at = "drawn", at
    draw.version += 1
    db.flush()
    publish(
        db,
        DrawRevealed(
            tenant_id=TenantId(draw.tenant_id),
            customer_id=None,
            occurred_at=at,
            draw_id=draw.id,
            draw_name=by_language(terms.name),
            seed=draw.seed.hex(),
            beacon=draw.beacon,
            picks=len(picked),
        ),
    )
    fill_prizes(db, draw, new=True, at=at)
    return 1
