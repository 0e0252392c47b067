"""What the relay reads of the outbox and notes in it.

A row is new, then claimed (its partition is chosen, and it may be in the log: nobody knows), then sent (its offset is
known). A row that has left the log for good, because its time there was over, has the offset -1.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import NamedTuple

from kafka import TopicPartition
from sqlalchemy import Connection, text

from chassis.data.pipelines import pipeline

GONE = -1

COLUMNS = (
    "position, created_at, tenant_id, id, topic, key, type, subject, occurred_at, data, trace, "
    "sent_partition, sent_offset, sent_at"
)
# Claimed rows come first and alone: they are sent again in the order in which they were sent before.
CLAIMED = text(f"""
    SELECT {COLUMNS} FROM outbox
    WHERE sent_offset IS NULL AND sent_partition IS NOT NULL ORDER BY position LIMIT :limit
""")  # noqa: S608 - constants only
UNSENT = text(f"SELECT {COLUMNS} FROM outbox WHERE sent_offset IS NULL ORDER BY position LIMIT :limit")  # noqa: S608
# The bounds let the server skip all partitions but the rows' own.
MARK = """
    UPDATE outbox SET
        sent_partition = mark.partition, sent_offset = mark.sent_offset,
        sent_at = CASE WHEN mark.sent_offset >= 0 THEN now() ELSE outbox.sent_at END
    FROM unnest(%b::bigint[], %b::timestamptz[], %b::bigint[], %b::bigint[])
        AS mark (position, created_at, partition, sent_offset)
    WHERE outbox.position = mark.position AND outbox.created_at = mark.created_at
      AND outbox.created_at BETWEEN %b::timestamptz AND %b::timestamptz
"""
OF_PARTITION = "topic = :topic AND sent_partition = :partition AND sent_offset >= 0"
LAST_SENT = text(f"SELECT max(sent_offset) FROM outbox WHERE {OF_PARTITION}")  # noqa: S608
SENT_BELOW = text(f"""
    SELECT sent_offset, id FROM outbox WHERE {OF_PARTITION} AND sent_offset < :below
    ORDER BY sent_offset DESC OFFSET :rank LIMIT 1
""")  # noqa: S608
SENT_FROM = text(
    f"SELECT {COLUMNS} FROM outbox WHERE {OF_PARTITION} AND sent_offset >= :from ORDER BY sent_offset"  # noqa: S608
).execution_options(stream_results=True, max_row_buffer=500)
BACKLOG = text(
    "SELECT count(*), coalesce(extract(epoch FROM now() - min(created_at)), 0) FROM outbox WHERE sent_offset IS NULL"
)


class OutboxRow(NamedTuple):
    """A row of the outbox."""

    position: int
    created_at: datetime
    tenant_id: str
    id: str
    topic: str
    key: str
    type: str
    subject: str | None
    occurred_at: datetime
    data: str
    trace: str | None
    sent_partition: int | None
    sent_offset: int | None
    sent_at: datetime | None


class Mark(NamedTuple):
    """Where a row is, or (offset None) where it is about to go."""

    row: OutboxRow
    partition: int
    offset: int | None


def claimed_rows(connection: Connection, limit: int) -> list[OutboxRow]:
    """Rows that may or may not be in the log, in the order in which they were sent."""
    return [OutboxRow(*row) for row in connection.execute(CLAIMED, {"limit": limit})]


def unsent_rows(connection: Connection, limit: int) -> list[OutboxRow]:
    """The oldest rows that were not sent."""
    return [OutboxRow(*row) for row in connection.execute(UNSENT, {"limit": limit})]


def mark(connection: Connection, marks: Sequence[Mark]) -> None:
    """Note where rows are, in one statement."""
    if not marks:
        return
    places = [(one.row.position, one.row.created_at, one.partition, one.offset) for one in marks]
    created = [place[1] for place in places]
    with pipeline(connection) as sending:
        sending.send(MARK, [*zip(*places, strict=True), min(created), max(created)])


def last_sent(connection: Connection, partition: TopicPartition) -> int | None:
    """The highest offset that is remembered for a partition."""
    offset: int | None = connection.execute(LAST_SENT, of(partition)).scalar_one()
    return offset


def sent_below(connection: Connection, partition: TopicPartition, below: int) -> Iterator[tuple[int, str]]:
    """Remembered (offset, event id) below an offset, going back in ever longer steps."""
    rank = 0
    while row := connection.execute(SENT_BELOW, {**of(partition), "below": below, "rank": rank}).first():
        yield row.sent_offset, row.id
        rank = 2 * rank + 1


def sent_from(connection: Connection, partition: TopicPartition, offset: int) -> Iterator[OutboxRow]:
    """Rows remembered from an offset on, in its order; a stream that marks made meanwhile do not disturb."""
    for row in connection.execute(SENT_FROM, {**of(partition), "from": offset}):
        yield OutboxRow(*row)


def backlog(connection: Connection) -> tuple[int, float]:
    """How many rows wait to be sent, and for how many seconds the oldest has."""
    count, age = connection.execute(BACKLOG).one()
    return count, float(age)


def of(partition: TopicPartition) -> dict[str, object]:
    """A partition as parameters."""
    return {"topic": partition.topic, "partition": partition.partition}
