"""The proof of draws: that entries are what purchases say they brought, and winners what the seed says.

Source: docs/rules/draws.md.
"""

from collections.abc import Iterator
from datetime import datetime

from pydantic import ValidationError
from sqlalchemy import select
from sqlalchemy.orm import Session

from chassis.data.verification import Breach
from kernel.ids import TenantId
from services.loyalty.domain.draw_proof import faults_of
from services.loyalty.queries.draws import proof_of
from services.loyalty.tables.prize_draws import PrizeDrawRow

DRAWN = "a draw is what its terms, seed, entries and beacon say"

# As in verify.py: none of them finds anything in sound books.
DRAWS = {
    "a customer has the entries in a draw that came in": """
        SELECT coalesce(t.customer_id, s.customer_id) AS subject,
               coalesce(t.draw_id, s.draw_id) || ': has ' || coalesce(t.entries, 0) || ', came '
               || coalesce(s.entries, 0) AS detail
        FROM (SELECT * FROM draw_entrants WHERE tenant_id = :tenant_id) t
        FULL JOIN (
            SELECT draw_id, customer_id, sum(entries) AS entries FROM draw_entries
            WHERE tenant_id = :tenant_id AND NOT late GROUP BY draw_id, customer_id
        ) s USING (draw_id, customer_id)
        WHERE coalesce(t.entries, 0) <> coalesce(s.entries, 0)
    """,
    "entries in draws are what the rules gave": """
        WITH said AS (
            SELECT p.id, effect ->> 'draw_id' AS draw_id, p.customer_id, sum((effect ->> 'entries')::bigint) AS entries
            FROM (
                SELECT id, customer_id, effects FROM purchases WHERE tenant_id = :tenant_id
                UNION ALL
                SELECT id, customer_id, effects FROM activities WHERE tenant_id = :tenant_id AND status = 'recorded'
            ) p, jsonb_array_elements(p.effects::jsonb) AS effect
            WHERE effect ->> 'kind' = 'enter_draw' GROUP BY p.id, 2, p.customer_id
        ), came AS (
            SELECT source AS id, draw_id, customer_id, sum(entries) AS entries FROM draw_entries
            WHERE tenant_id = :tenant_id AND source <> id GROUP BY source, draw_id, customer_id
        )
        SELECT id AS subject,
               draw_id || ': effects ' || coalesce(s.entries, 0) || ', entries ' || coalesce(c.entries, 0) AS detail
        FROM said s FULL JOIN came c USING (id, draw_id, customer_id)
        WHERE coalesce(s.entries, 0) <> coalesce(c.entries, 0)
    """,
    "a draw's list has every entry once": """
        SELECT coalesce(e.id, 'line ' || l.line) AS subject,
               coalesce(e.draw_id, l.draw_id) || ': entries ' || coalesce(e.entries, 0) || ', list '
               || coalesce(l.entries, 0) AS detail
        FROM (SELECT * FROM draw_entries WHERE tenant_id = :tenant_id AND NOT late) e
        FULL JOIN (SELECT * FROM draw_lines WHERE tenant_id = :tenant_id) l USING (draw_id, position)
        JOIN prize_draws d ON d.tenant_id = :tenant_id AND d.id = draw_id
        WHERE e.entries IS DISTINCT FROM l.entries AND (d.status IN ('closed', 'drawn') OR l.line IS NOT NULL)
    """,
}


def draws_that_are_otherwise(db: Session, tenant_id: TenantId, _at: datetime) -> Iterator[Breach]:
    """Closed draws whose published file has a fault."""
    closed = select(PrizeDrawRow).where(
        PrizeDrawRow.tenant_id == tenant_id, PrizeDrawRow.status.in_(("closed", "drawn"))
    )
    for draw in db.scalars(closed.order_by(PrizeDrawRow.id)):
        try:
            faults = [*faults_of(proof_of(db, draw))]
        except ValidationError:
            faults = ["its file cannot be read"]
        for fault in faults:
            yield Breach(DRAWN, tenant_id, draw.id, fault)
