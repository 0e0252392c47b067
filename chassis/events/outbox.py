"""Telling the others: events are rows of the outbox, written in the transaction that made them true.

A change and its event are both there or neither is. The relay carries the rows to the broker (`relay.py`); they stay
for replay until their day's partition is dropped. Take the lock that orders a customer's changes before
publishing: the rows of one customer then stand in the order in which the changes were made.
"""

from collections.abc import Iterable
from datetime import datetime
from functools import cache
from typing import Any, NamedTuple

from sqlalchemy import text
from sqlalchemy.orm import Session

from contracts.event import Event, parse_type
from contracts.topics import event_topic
from kernel.ids import new_id

EVENT_BYTES_MAX = 512_000

INSERT = text("""
    INSERT INTO outbox (tenant_id, id, topic, key, type, subject, occurred_at, data, trace)
    SELECT tenant_id, id, topic, key, type, subject, occurred_at, data, trace
    FROM unnest(
        CAST(:tenant_ids AS text[]), CAST(:ids AS text[]), CAST(:topics AS text[]), CAST(:keys AS text[]),
        CAST(:types AS text[]), CAST(:subjects AS text[]), CAST(:occurred_ats AS timestamptz[]),
        CAST(:datas AS text[]), CAST(:traces AS text[])
    ) WITH ORDINALITY AS row (tenant_id, id, topic, key, type, subject, occurred_at, data, trace, place)
    ORDER BY place
""")


class OutboxColumns(NamedTuple):
    """Rows of the outbox as one list per column, for a set-based insert."""

    tenant_ids: list[str]
    ids: list[str]
    topics: list[str]
    keys: list[str]
    types: list[str]
    subjects: list[str | None]
    occurred_ats: list[datetime]
    datas: list[str]
    traces: list[str | None]


def outbox_row(event: Event, trace: str | None = None) -> tuple[Any, ...]:
    """The row that tells one event, under a new id, in the order of OutboxColumns."""
    data = event.model_dump_json()
    assert len(data.encode()) <= EVENT_BYTES_MAX, "an event is a fact, not a file"
    kind, subject = event.event_type, event.customer_id
    return event.tenant_id, new_id("evt"), topic_of(kind), event.key, kind, subject, event.occurred_at, data, trace


@cache
def topic_of(event_type: str) -> str:
    """Where events of a type go: there are as many types as classes."""
    return event_topic(parse_type(event_type).publisher)


def outbox_rows(events: Iterable[Event], trace: str | None = None) -> OutboxColumns:
    """The rows that tell these events, each under a new id. `trace` is the id of the request that caused them."""
    rows = [outbox_row(event, trace) for event in events]
    return OutboxColumns(*(list(column) for column in zip(*rows, strict=True)))


def publish(db: Session, *events: Event, trace: str | None = None) -> None:
    """Tell these events, in this order, if and when the transaction commits."""
    if events:
        insert_rows(db, outbox_rows(events, trace))


def insert_rows(db: Session, columns: OutboxColumns) -> None:
    """Write rows of the outbox in one statement, in order."""
    db.execute(INSERT, columns._asdict())
