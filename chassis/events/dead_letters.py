"""Events a service could not handle. They wait, and their customer's later events wait behind them, in order.

A dead letter is a row here and an event of the topic `<service>.dead-letters`, both written in the transaction that
notes the event as heard. `chassis.events.replay.retry_dead_letters` tries again; `resolve` alone gives up.
"""

import json
from base64 import b64decode, b64encode
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

from chassis.data.pipelines import Answer, Pipeline
from chassis.events.inbox import EventKey
from chassis.events.letters import Letter, Message
from chassis.events.outbox import OutboxColumns, insert_rows
from contracts.topics import dead_letter_topic
from kernel.clock import utc_now
from kernel.ids import new_id

REASON_LENGTH_MAX = 500
TOLD_BODY_BYTES_MAX = 256_000

# The clock, not the transaction's beginning: letters parked together keep their order.
PARK = text("""
    INSERT INTO dead_letters (tenant_id, event_id, topic, key, reason, attempts, headers, body, parked_at)
    VALUES (:tenant_id, :event_id, :topic, :key, :reason, :attempts, :headers, :body, clock_timestamp())
    ON CONFLICT DO NOTHING
""")
# Locked for sharing: whoever resolves a key's last letter meanwhile sees ours behind it, or we see that it is gone.
PARKED = """
    SELECT tenant_id, key FROM dead_letters
    WHERE resolved_at IS NULL AND (tenant_id, key) IN (
        SELECT tenant_id, key FROM unnest(%b::text[], %b::text[]) AS heard (tenant_id, key))
    ORDER BY tenant_id, event_id
    FOR SHARE
"""
PARKED_KEYS = text("""
    SELECT key FROM dead_letters
    WHERE tenant_id = :tenant_id AND resolved_at IS NULL
    GROUP BY key ORDER BY min(parked_at)
""")
OLDEST = text("""
    SELECT event_id, topic, headers, body, key FROM dead_letters
    WHERE tenant_id = :tenant_id AND key = :key AND resolved_at IS NULL
    ORDER BY parked_at, event_id LIMIT 1
    FOR UPDATE
""")
RESOLVE = text("UPDATE dead_letters SET resolved_at = :at WHERE tenant_id = :tenant_id AND event_id = :event_id")
FAIL_AGAIN = text("""
    UPDATE dead_letters SET attempts = attempts + 1, reason = :reason
    WHERE tenant_id = :tenant_id AND event_id = :event_id AND resolved_at IS NULL
""")


def park(db: Session, service: str, letter: Letter, reason: str, attempts: int) -> None:
    """Put a letter aside and tell its topic. `reason` holds no personal data: it leaves the service."""
    message = letter.message
    row = {
        "tenant_id": letter.tenant_id,
        "event_id": letter.event_id,
        "topic": message.topic,
        "key": letter.key,
        "reason": reason[:REASON_LENGTH_MAX],
        "attempts": attempts,
        "headers": envelope_text(message),
        "body": message.value,
    }
    db.execute(PARK, row)
    insert_rows(db, notice_of(service, row))


def envelope_text(message: Message) -> str:
    """Key and headers as text that gives back the same bytes."""
    key = None if message.key is None else b64encode(message.key).decode()
    return json.dumps({"key": key, "headers": [[name, b64encode(value).decode()] for name, value in message.headers]})


def stored_message(topic: str, envelope: str, body: bytes | None) -> Message:
    """The message that was parked."""
    kept = json.loads(envelope)
    key = None if kept["key"] is None else b64decode(kept["key"])
    return Message(topic, key, [(name, b64decode(value)) for name, value in kept["headers"]], body)


def notice_of(service: str, row: Mapping[str, Any]) -> OutboxColumns:
    """The row of the outbox that tells of a dead letter. A long body stays in the table only."""
    body: bytes | None = row["body"]
    told = body is not None and len(body) <= TOLD_BODY_BYTES_MAX
    data = {
        **{name: row[name] for name in ("tenant_id", "event_id", "topic", "key", "reason", "attempts")},
        **json.loads(row["headers"]),
        "body": b64encode(body).decode() if body is not None and told else None,
        "body_bytes": None if body is None else len(body),
    }
    return OutboxColumns(
        tenant_ids=[row["tenant_id"]],
        ids=[new_id("evt")],
        topics=[dead_letter_topic(service)],
        keys=[row["key"]],
        types=[f"{service}.dead_letter_parked.v1"],
        subjects=[row["event_id"]],
        occurred_ats=[utc_now()],
        datas=[json.dumps(data)],
        traces=[None],
    )


def ask_parked_keys(sending: Pipeline, keys: Iterable[EventKey]) -> Answer:
    """Those of these (tenant, key) that have a letter parked, as rows of the answer."""
    return sending.send(PARKED, list(zip(*keys, strict=True)))


def keys_with_parked(db: Session, tenant_id: str) -> list[str]:
    """A tenant's keys that have letters parked, the one that waits longest first."""
    return list(db.execute(PARKED_KEYS, {"tenant_id": tenant_id}).scalars())


def oldest_parked(db: Session, tenant_id: str, key: str) -> tuple[str, Message] | None:
    """The id and message of the next letter of a key, locked; None when none is left."""
    row = db.execute(OLDEST, {"tenant_id": tenant_id, "key": key}).first()
    return row and (row.event_id, stored_message(row.topic, row.headers, row.body))


def resolve(db: Session, tenant_id: str, event_id: str, at: datetime) -> None:
    """Take a letter out of the way: it was handled, or is given up."""
    db.execute(RESOLVE, {"tenant_id": tenant_id, "event_id": event_id, "at": at})


def note_failure(db: Session, tenant_id: str, event_id: str, reason: str) -> None:
    """It failed once more."""
    db.execute(FAIL_AGAIN, {"tenant_id": tenant_id, "event_id": event_id, "reason": reason[:REASON_LENGTH_MAX]})
