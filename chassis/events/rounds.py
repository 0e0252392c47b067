"""A round: the rows a relay sends together, and the records they become."""

from collections.abc import Iterable, Iterator

from kafka import TopicPartition

from chassis.events.kafka import ROUND_BYTES_MAX
from chassis.events.outbox_marks import OutboxRow
from chassis.events.topic_log import Record
from contracts.envelope import Envelope, to_kafka
from contracts.event import parse_type

ROUND_ROWS = 500
ENVELOPE_BYTES = 600


def in_rounds(rows: Iterable[OutboxRow]) -> Iterator[list[OutboxRow]]:
    """Rows in rounds of at most 500 and of what one request to the broker can hold."""
    collected: list[OutboxRow] = []
    size = 0
    for row in rows:
        weight = len(row.data.encode()) + ENVELOPE_BYTES
        if collected and (len(collected) == ROUND_ROWS or size + weight > ROUND_BYTES_MAX):
            yield collected
            collected, size = [], 0
        collected.append(row)
        size += weight
    if collected:
        yield collected


def record_of(row: OutboxRow, partition: int) -> Record:
    """The record that carries a row's event to that partition."""
    envelope = Envelope(
        id=row.id,
        type=row.type,
        source=f"/wafa/{parse_type(row.type).publisher}",
        time=row.occurred_at,
        tenant_id=row.tenant_id,
        key=row.key,
        subject=row.subject,
        trace=row.trace,
    )
    return Record(TopicPartition(row.topic, partition), *to_kafka(envelope, row.data))
