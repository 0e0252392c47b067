"""Noticing what was never heard: events whose time in the topic was over before this service came to them.

The client skips them without a word. They are still in their publisher's outbox: `wafa events replay`.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from kafka import TopicPartition

from chassis.events.event_metrics import EVENTS_MISSED
from chassis.events.kafka import Member
from chassis.logging import log

Polled = Mapping[TopicPartition, Sequence[Any]]


class Gaps:
    """Follows the offsets that a member reads."""

    def __init__(self, member: Member, service: str) -> None:
        self._member = member
        self._service = service
        self._assigned: set[TopicPartition] = set()
        self._next: dict[TopicPartition, int] = {}

    def look(self, polled: Polled) -> None:
        """Count and log the events between what was read last and what is read now."""
        if self._assigned != self._member.assignment():
            self._assigned = set(self._member.assignment())
            self._next.clear()
        for partition, records in polled.items():
            missed = records[0].offset - self._expected(partition, records[0].offset)
            if missed > 0:
                EVENTS_MISSED.labels(self._service).inc(missed)
                log.error("events expired unheard", service=self._service, topic=partition.topic, missed=missed)
            self._next[partition] = records[-1].offset + 1

    def _expected(self, partition: TopicPartition, found: int) -> int:
        """The offset to read next: after the last one read, else the group's. A new group expects what it finds."""
        known = self._next.get(partition)
        if known is None:
            known = self._member.committed(partition, timeout_ms=5_000)
        return found if known is None else known
