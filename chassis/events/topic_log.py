"""A relay's view of the topics it alone writes: how far they reach, what stands where, and adding to their end."""

from collections.abc import Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from threading import Event
from typing import NamedTuple

from kafka import KafkaAdminClient, KafkaConsumer, TopicPartition
from kafka.admin import OffsetSpec
from kafka.errors import KafkaError, KafkaTimeoutError
from kafka.partitioner.default import murmur2

from chassis.events.kafka import RoundProducer, admin, ensure_topics, knock, log_reader, round_producer
from chassis.settings import Settings
from contracts.envelope import Headers
from contracts.topics import PARTITIONS

LOOK_SECONDS = 0.5
READ_MS = 5_000


class Record(NamedTuple):
    """A record on its way to a partition."""

    partition: TopicPartition
    key: bytes
    headers: Headers
    value: bytes


@dataclass(frozen=True, slots=True)
class Reach:
    """A partition's log holds the offsets from `start` up to, not including, `end`."""

    start: int
    end: int


class Clients(NamedTuple):
    """One client for each thing a log is asked for."""

    writer: RoundProducer
    reader: KafkaConsumer
    admin: KafkaAdminClient


class LogWentBack(KafkaError):  # type: ignore[misc]  # the library has no types
    """The broker holds less than it acknowledged."""


class TopicLog:
    """The logs of a relay's topics. Every error of its methods means: close it, open another, compare again."""

    def __init__(self, clients: Clients, topics: Sequence[str], stop: Event) -> None:
        self._writer, self._reader, self._admin = clients
        self._stop = stop
        described = self._admin.describe_topics(list(topics))
        self._counts = {topic["name"]: len(topic["partitions"]) for topic in described}
        # With fewer, keys would change their partition, and what was lost of the others would come back behind them.
        if min(self._counts.values()) < PARTITIONS:
            raise KafkaTimeoutError("the broker does not know all of our topics yet")
        self.partitions = [TopicPartition(topic, number) for topic in topics for number in range(self._counts[topic])]
        self._ends = {partition: reach.end for partition, reach in self.reaches().items()}

    def partition_of(self, topic: str, key: str, claimed: int | None = None) -> int:
        """Where a record goes: the partition it was claimed for, else its key's, as all Kafka clients choose it."""
        if claimed is not None and claimed < self._counts[topic]:
            return claimed
        chosen: int = (murmur2(key.encode()) & 0x7FFFFFFF) % self._counts[topic]
        return chosen

    def reaches(self) -> dict[TopicPartition, Reach]:
        """How far each partition's log reaches now."""
        starts = self._offsets(OffsetSpec.EARLIEST)
        ends = self._offsets(OffsetSpec.LATEST)
        return {partition: Reach(starts[partition], ends[partition]) for partition in self.partitions}

    def check(self) -> None:
        """Raises LogWentBack when a log is shorter than what we know it held."""
        for partition, end in self._offsets(OffsetSpec.LATEST).items():
            self._expect(partition, end)

    def _offsets(self, which: OffsetSpec) -> dict[TopicPartition, int]:
        found = self._admin.list_partition_offsets(dict.fromkeys(self.partitions, which), timeout_ms=READ_MS)
        return {partition: one.offset for partition, one in found.items()}

    def event_id_at(self, partition: TopicPartition, offset: int) -> str | None:
        """The id of the event that stands there; None when no readable record does."""
        self._reader.assign([partition])
        self._reader.seek(partition, offset)
        found = self._reader.poll(timeout_ms=READ_MS, max_records=1).get(partition, [])
        if not found or found[0].offset != offset:
            return None
        event_id: bytes = dict(found[0].headers).get("ce_id", b"")
        return event_id.decode(errors="replace")

    def append(self, records: Sequence[Record]) -> list[int]:
        """Write the records, at most one round of them, and return where each came to stand.

        Each partition takes all its records or none. Raises KafkaError when any was not acknowledged, LogWentBack when
        one stands lower than records before it, KafkaTimeoutError when told to stop: they may still be in the log.
        """
        futures = [
            self._writer.send(
                record.partition.topic,
                key=record.key,
                value=record.value,
                headers=record.headers,
                partition=record.partition.partition,
            )
            for record in records
        ]
        self._flush()
        offsets: list[int] = [future.get(timeout=0).offset for future in futures]
        for record, offset in zip(records, offsets, strict=True):
            self._expect(record.partition, offset)
            self._ends[record.partition] = offset + 1
        return offsets

    def _flush(self) -> None:
        """Wait until all are answered, as long as the log is as we know it; the producer's own time limits bound it."""
        while not self._stop.is_set():
            try:
                self._writer.flush(timeout=LOOK_SECONDS)
            except KafkaTimeoutError:
                self.check()
            else:
                return
        raise KafkaTimeoutError("told to stop")

    def _expect(self, partition: TopicPartition, offset: int) -> None:
        if offset < self._ends[partition]:
            raise LogWentBack(f"{partition} went back to {offset} from {self._ends[partition]}")


@contextmanager
def open_topic_log(settings: Settings, topics: Sequence[str], stop: Event) -> Iterator[TopicLog]:
    """Connect to the broker, making the topics that are missing. Raises KafkaError."""
    knock(settings)
    with ExitStack() as clients:
        administrator = clients.enter_context(closing(admin(settings)))
        ensure_topics(administrator, topics)
        reader = clients.enter_context(closing(log_reader(settings)))
        writer = round_producer(settings)
        clients.callback(writer.abandon)
        yield TopicLog(Clients(writer, reader, administrator), topics, stop)
