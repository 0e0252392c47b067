"""Queue messages about events."""

import json
from collections.abc import Sequence
from typing import Any, NamedTuple

from sqlalchemy.orm import Session

from chassis.data.pipelines import pipeline
from chassis.events.letters import Hearing
from contracts.event import Event
from services.notifications.domain.message import Kind, State
from services.notifications.domain.parts import Part

QUEUE = """
    INSERT INTO messages
        (tenant_id, id, event_id, customer_id, kind, parts, occurred_at, created_at, state, due_at)
    SELECT tenant_id, id, event_id, customer_id, kind, parts::jsonb, occurred_at, created_at, state, due_at
    FROM unnest(%b::text[], %b::text[], %b::text[], %b::text[], %b::text[], %b::text[], %b::timestamptz[],
                %b::timestamptz[], %b::text[], %b::timestamptz[])
        AS told (tenant_id, id, event_id, customer_id, kind, parts, occurred_at, created_at, state, due_at)
    ON CONFLICT DO NOTHING
"""


class Draft(NamedTuple):
    """What an event's customer is to be told."""

    event: Event
    hearing: Hearing
    kind: Kind
    parts: Sequence[Part]


def queue_messages(db: Session, drafts: Sequence[Draft]) -> None:
    """Put messages into the customers' inboxes and, unless they are only being rebuilt, queue their e-mails.

    Once per event, however often it is heard. Nothing to tell, or nobody to tell it to, is no message.
    """
    with pipeline(db) as sending:
        sending.send_rows(QUEUE, [row(draft) for draft in drafts if draft.parts and draft.event.customer_id])


def row(draft: Draft) -> tuple[Any, ...]:
    """The columns of a message, in the order of the statement."""
    event, hearing, kind, told = draft
    return (
        event.tenant_id,
        f"msg_{hearing.event_id.removeprefix('evt_')}",
        hearing.event_id,
        event.customer_id,
        kind,
        json.dumps([part.model_dump(mode="json") for part in told]),
        event.occurred_at,
        hearing.heard_at,
        State.SUPPRESSED if hearing.replaying else State.QUEUED,
        None if hearing.replaying else hearing.heard_at,
    )
