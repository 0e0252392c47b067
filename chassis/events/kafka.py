"""Clients of the broker, set up the one way that keeps our promises, and the topics they need."""

import socket
from collections.abc import Iterable
from contextlib import suppress
from typing import Any

from kafka import KafkaAdminClient, KafkaConsumer, KafkaProducer
from kafka.admin import ConfigResource
from kafka.errors import KafkaConnectionError, TopicAlreadyExistsError

from chassis.settings import Settings
from contracts.topics import PARTITIONS

RETENTION_MS = 7 * 24 * 3600 * 1000
RETENTION_BYTES_PER_PARTITION = 64 << 20
ROUND_BYTES_MAX = 900_000
JOINING_MS = 1_000
RETENTION = {
    "cleanup.policy": "delete",
    "retention.ms": str(RETENTION_MS),
    "retention.bytes": str(RETENTION_BYTES_PER_PARTITION),
}

CONNECTING: dict[str, Any] = {
    "reconnect_backoff_ms": 50,
    "reconnect_backoff_max_ms": 1_000,
    "bootstrap_timeout_ms": 5_000,
}
QUIETLY: dict[str, Any] = {**CONNECTING, "allow_auto_create_topics": False, "metrics_enabled": False}


def knock(settings: Settings) -> None:
    """Raises KafkaConnectionError at once when no broker listens: clients try for seconds and hear nothing else."""
    for address in settings.kafka_bootstrap.split(","):
        host, _, port = address.rpartition(":")
        with suppress(OSError), socket.create_connection((host, int(port)), timeout=1):
            return
    raise KafkaConnectionError("nobody listens")


class RoundProducer(KafkaProducer):  # type: ignore[misc]  # the library has no types
    """A producer that can be left at once."""

    def abandon(self) -> None:
        """Stop now. What was under way fails here, and may or may not be in the log."""
        self._sender.force_close()
        self.close(timeout=1)


def round_producer(settings: Settings) -> RoundProducer:
    """A producer whose every flush writes at most one batch per partition: there, a round is in the log whole, or not.

    Idempotent, so that a broker which came back with a shorter log refuses what would be written in the wrong place.
    Nothing leaves before a flush, unless two seconds pass. An answer that takes more than twelve is an error.
    """
    return RoundProducer(
        bootstrap_servers=settings.kafka_bootstrap,
        acks="all",
        enable_idempotence=True,
        linger_ms=2_000,
        batch_size=ROUND_BYTES_MAX + 100_000,
        max_request_size=1 << 20,
        max_block_ms=5_000,
        request_timeout_ms=8_000,
        delivery_timeout_ms=12_000,
        **QUIETLY,
    )


class Member(KafkaConsumer):  # type: ignore[misc]  # the library has no types
    """A consumer in a group that finishes what it began when it joins, however short its polls are."""

    @property
    def is_joining(self) -> bool:
        """Whether it has yet to learn which partitions are its own. Poll on without a pause until it has."""
        return bool(self._coordinator.rejoining or self._coordinator.need_rejoin())

    def poll(self, timeout_ms: int = 0, max_records: int | None = None, update_offsets: bool = True) -> Any:
        """As the library's.

        When a topic got more partitions and joining anew takes longer than one poll, kafka-python 3.0.12 drops what it
        was assigned and reads on from what it had before: so it is told again that it has yet to join.
        """
        if self._coordinator.rejoining:
            self._coordinator.request_rejoin()
        if self.is_joining:
            # What arrives between two polls is dropped as well, and the group begins again.
            timeout_ms = max(timeout_ms, JOINING_MS)
        return super().poll(timeout_ms, max_records, update_offsets)


def group_consumer(settings: Settings, group: str, topics: Iterable[str], client_id: str) -> Member:
    """A member of a consumer group that commits only when told to, and starts at the oldest record when it is lost."""
    return Member(
        *topics,
        bootstrap_servers=settings.kafka_bootstrap,
        group_id=group,
        client_id=client_id,
        enable_auto_commit=False,
        auto_offset_reset="earliest",
        session_timeout_ms=10_000,
        metadata_max_age_ms=30_000,
        **QUIETLY,
    )


def log_reader(settings: Settings) -> KafkaConsumer:
    """A consumer outside any group: for looking at a log without leaving a trace."""
    return KafkaConsumer(
        bootstrap_servers=settings.kafka_bootstrap,
        group_id=None,
        enable_auto_commit=False,
        auto_offset_reset="earliest",
        request_timeout_ms=8_000,
        **QUIETLY,
    )


def admin(settings: Settings) -> KafkaAdminClient:
    """A client that makes and describes topics and groups."""
    return KafkaAdminClient(bootstrap_servers=settings.kafka_bootstrap, request_timeout_ms=8_000, **CONNECTING)


def ensure_topics(client: KafkaAdminClient, names: Iterable[str]) -> None:
    """Make the topics that are missing, with bounded retention.

    A topic with too few partitions was made by the embedded broker, unasked, when somebody looked for it: mend it.
    """
    partitions = partition_counts(client)
    missing = [name for name in names if name not in partitions]
    if missing:
        create_topics(client, missing)
        # Between our look and our call somebody else may have looked.
        partitions = partition_counts(client)
    for name in names:
        if partitions.get(name, PARTITIONS) < PARTITIONS:
            client.create_partitions({name: PARTITIONS})
            client.alter_configs([ConfigResource("TOPIC", name, RETENTION)])


def partition_counts(client: KafkaAdminClient) -> dict[str, int]:
    """How many partitions each topic has."""
    return {topic["name"]: len(topic["partitions"]) for topic in client.describe_topics()}


def create_topics(client: KafkaAdminClient, names: Iterable[str]) -> None:
    """Make topics of four partitions; the broker chooses how many replicas it keeps."""
    options = {"num_partitions": PARTITIONS, "replication_factor": -1, "configs": RETENTION}
    # Another process may have made them between our look and our call.
    with suppress(TopicAlreadyExistsError):
        client.create_topics(dict.fromkeys(names, options), wait_for_metadata=True)
