"""What a service has heard: an event counts once, however often it arrives.

The id of an event is written in the transaction of its effect, so that both are there or neither is.
"""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import text
from sqlalchemy.orm import Session

from chassis.data.pipelines import Answer, Pipeline, pipeline

FORGET_ROWS = 5_000

# In the order of the ids, so that two readers of the same events wait for each other instead of locking each other out.
REMEMBER = """
    INSERT INTO inbox (tenant_id, event_id)
    SELECT tenant_id, event_id
    FROM unnest(%b::text[], %b::text[]) AS heard (tenant_id, event_id)
    ORDER BY tenant_id, event_id
    ON CONFLICT DO NOTHING
    RETURNING tenant_id, event_id
"""
FORGET = text("""
    DELETE FROM inbox WHERE (tenant_id, event_id) IN (
        SELECT tenant_id, event_id FROM inbox WHERE tenant_id = :tenant_id AND heard_at < :before
        ORDER BY event_id LIMIT :rows)
""")

EventKey = tuple[str, str]


def remember_heard(db: Session, events: Iterable[EventKey]) -> set[EventKey]:
    """Note these (tenant, event id) as heard; returns those that were not heard before."""
    with pipeline(db) as sending:
        fresh = send_heard(sending, events)
    return set(fresh.fetchall())


def send_heard(sending: Pipeline, events: Iterable[EventKey]) -> Answer:
    """The same as a part of a pipeline; the answer's rows are those that were not heard before."""
    return sending.send(REMEMBER, list(zip(*events, strict=True)))


def forget_heard(db: Session, tenant_id: str, before: datetime) -> int:
    """Forget some of what a tenant's events were heard before that moment; returns how many. Zero: nothing is left.

    `before` must lie further back than topics keep events and than anyone replays.
    """
    deleted = db.execute(FORGET, {"tenant_id": tenant_id, "before": before, "rows": FORGET_ROWS})
    return int(deleted.rowcount)  # type: ignore[attr-defined]  # a DELETE has a count
