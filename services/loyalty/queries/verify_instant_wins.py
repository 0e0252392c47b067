"""The proof of instant wins: that plays drew what the secret says, and won what there was.

Source: docs/rules/instant-win.md.
"""

from collections.abc import Iterator
from datetime import datetime

from pydantic import ValidationError
from sqlalchemy import select
from sqlalchemy.orm import Session

from chassis.data.verification import Breach
from kernel.ids import TenantId
from services.loyalty.domain.instant_win_proof import faults_of
from services.loyalty.queries.instant_wins import proof_of
from services.loyalty.tables.instant_wins import InstantWinRow

PLAYED = "an instant win is what its terms, secret and plays say"

# As in verify.py: none of them finds anything in sound books.
INSTANT_WINS = {
    "a prize was won as often as plays won it": """
        SELECT coalesce(c.instant_win_id, p.instant_win_id) AS subject,
               'prize ' || prize || ': counted ' || coalesce(c.won, 0) || ', plays ' || coalesce(p.won, 0) AS detail
        FROM (SELECT * FROM instant_prizes WHERE tenant_id = :tenant_id) c
        FULL JOIN (
            SELECT instant_win_id, prize, count(*) AS won FROM plays
            WHERE tenant_id = :tenant_id AND outcome = 'won' GROUP BY instant_win_id, prize
        ) p USING (instant_win_id, prize)
        WHERE coalesce(c.won, 0) <> coalesce(p.won, 0)
    """,
    "plays are what the rules gave": """
        WITH said AS (
            SELECT p.id, effect ->> 'instant_win_id' AS instant_win_id, p.customer_id,
                   sum((effect ->> 'plays')::bigint) AS plays
            FROM (
                SELECT id, customer_id, effects FROM purchases WHERE tenant_id = :tenant_id
                UNION ALL
                SELECT id, customer_id, effects FROM activities WHERE tenant_id = :tenant_id AND status = 'recorded'
            ) p, jsonb_array_elements(p.effects::jsonb) AS effect
            WHERE effect ->> 'kind' = 'give_plays' GROUP BY p.id, 2, p.customer_id
        ), came AS (
            SELECT source AS id, instant_win_id, customer_id, count(*) AS plays FROM plays
            WHERE tenant_id = :tenant_id AND source <> id AND taken_back_at IS NULL
            GROUP BY source, instant_win_id, customer_id
        )
        SELECT id AS subject,
               instant_win_id || ': effects ' || coalesce(s.plays, 0) || ', plays ' || coalesce(c.plays, 0) AS detail
        FROM said s FULL JOIN came c USING (id, instant_win_id, customer_id)
        WHERE coalesce(s.plays, 0) <> coalesce(c.plays, 0)
    """,
    "what was handed over was won": """
        SELECT id AS subject, 'outcome ' || coalesce(outcome, 'none') AS detail FROM plays
        WHERE tenant_id = :tenant_id AND handed_over_at IS NOT NULL AND outcome IS DISTINCT FROM 'won'
    """,
}


def instant_wins_that_are_otherwise(db: Session, tenant_id: TenantId, _at: datetime) -> Iterator[Breach]:
    """Instant wins whose file has a fault, or would have if they were over."""
    all_of_them = select(InstantWinRow).where(InstantWinRow.tenant_id == tenant_id)
    for instant_win in db.scalars(all_of_them.order_by(InstantWinRow.id)):
        try:
            faults = [*faults_of(proof_of(db, instant_win))]
        except ValidationError:
            faults = ["its file cannot be read"]
        for fault in faults:
            yield Breach(PLAYED, tenant_id, instant_win.id, fault)
