"""Putting back what the broker lost, before anything new is said.

A broker may come back with less than it acknowledged: the embedded one after a crash, any one after losing its disk.
A consumer that is further along than the log would then skip, without an error, as many records as were lost. So the
relay compares the log with what it remembers, and republishes what is missing. Lost rows return to their own
offsets; a hole between them, left by records that were written twice, is filled with copies of the row that follows it,
which inboxes ignore. Source: docs/adr/0006-outbox-that-remembers-offsets.md.
"""

from collections.abc import Iterable, Iterator
from datetime import timedelta
from itertools import repeat

from kafka import TopicPartition
from sqlalchemy import Connection

from chassis.events.kafka import RETENTION_MS
from chassis.events.outbox_marks import GONE, Mark, OutboxRow, last_sent, mark, sent_below, sent_from
from chassis.events.rounds import ROUND_ROWS, in_rounds, record_of
from chassis.events.topic_log import Reach, TopicLog
from chassis.logging import log
from kernel.clock import utc_now

# A wider hole was not left by rounds that failed: the topic was made anew, and its offsets begin again.
HOLE_MAX = 10 * ROUND_ROWS


def realign(connection: Connection, topic_log: TopicLog) -> int:
    """Republish the rows whose records the log no longer holds; returns how many.

    Afterwards every remembered offset holds the remembered event, and no log is shorter than it was. Raises KafkaError;
    whatever was done by then, doing it again is right.
    """
    return sum(
        realign_partition(connection, topic_log, partition, reach) for partition, reach in topic_log.reaches().items()
    )


def realign_partition(connection: Connection, topic_log: TopicLog, partition: TopicPartition, reach: Reach) -> int:
    """Republish one partition's lost rows; returns how many."""
    with connection.begin():
        last = last_sent(connection, partition)
        first_lost = first_lost_offset(connection, topic_log, partition, reach)
        if last is None or first_lost > last:
            return 0
        log.warning(
            "broker lost events", topic=partition.topic, partition=partition.partition, since=first_lost, until=last
        )
        # One transaction: until every lost row is back, all of them count as lost.
        return republish(connection, topic_log, partition, first_lost, reach.end)


def first_lost_offset(connection: Connection, topic_log: TopicLog, partition: TopicPartition, reach: Reach) -> int:
    """The offset from which on remembered rows must be sent again.

    It is where the log ends, unless its last record is not the one remembered there: then the log was cut and grew
    again unseen, and the search goes back to a record that is right. Rows from before the log's start expired; they are
    not lost.
    """
    for offset, event_id in sent_below(connection, partition, reach.end):
        if offset < reach.start or topic_log.event_id_at(partition, offset) == event_id:
            return offset + 1
    return 0


def republish(connection: Connection, topic_log: TopicLog, partition: TopicPartition, first_lost: int, end: int) -> int:
    """Send the rows remembered from `first_lost` on again, in the order of their offsets; returns how many."""
    still_wanted = without_expired(connection, sent_from(connection, partition, first_lost))
    count = 0
    for rows in in_rounds(with_holes_filled(still_wanted, end)):
        offsets = topic_log.append([record_of(row, partition.partition) for row in rows])
        found = {row.position: (row, offset) for row, offset in zip(rows, offsets, strict=True)}
        mark(connection, [Mark(row, partition.partition, at) for row, at in found.values() if row.sent_offset != at])
        count += len(found)
    return count


def without_expired(connection: Connection, rows: Iterable[OutboxRow]) -> Iterator[OutboxRow]:
    """The rows whose time in the topic is not over; the others are noted as gone."""
    expired_before = utc_now() - timedelta(milliseconds=RETENTION_MS)
    for row in rows:
        if row.sent_at is not None and row.sent_at < expired_before:
            mark(connection, [Mark(row, row.sent_partition or 0, GONE)])
        else:
            yield row


def with_holes_filled(rows: Iterable[OutboxRow], end: int) -> Iterator[OutboxRow]:
    """The rows as they will be written from `end` on: each as often as it takes to reach its own offset."""
    for row in rows:
        assert row.sent_offset is not None
        hole = row.sent_offset - end
        copies = 1 + (hole if 0 < hole <= HOLE_MAX else 0)
        yield from repeat(row, copies)
        end += copies
