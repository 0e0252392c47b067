"""How an event travels: CloudEvents 1.0 in Kafka's binary mode. Attributes are headers, the event itself is the value.

No header and no key holds personal data: they are ids, types and times. Source: CloudEvents Kafka binding 1.0.2.
"""

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from cloudevents.core.bindings.kafka import KafkaMessage, from_binary_event, to_binary_event
from cloudevents.core.exceptions import BaseCloudEventException
from cloudevents.core.v1.event import CloudEvent

Headers = list[tuple[str, bytes]]

# Without these the library would invent an id or a time, and the same message would be a new event at each reading.
REQUIRED_HEADERS = ("ce_specversion", "ce_id", "ce_source", "ce_type", "ce_time", "ce_tenantid")


TENANT = re.compile(rb"[A-Za-z0-9_-]{1,64}")


class UnreadableEnvelope(Exception):
    """The message is not one of our events; the text says why, without quoting the message."""


@dataclass(frozen=True, slots=True)
class Envelope:
    """What can be known of an event without opening it."""

    id: str
    type: str
    source: str
    time: datetime
    tenant_id: str
    key: str
    subject: str | None
    trace: str | None


def to_kafka(envelope: Envelope, data: str) -> tuple[bytes, Headers, bytes]:
    """Key, headers and value of the record that carries the event."""
    attributes: dict[str, Any] = {
        "specversion": "1.0",
        "id": envelope.id,
        "type": envelope.type,
        "source": envelope.source,
        "time": envelope.time,
        "datacontenttype": "application/json",
        "tenantid": envelope.tenant_id,
        "partitionkey": envelope.key,
    }
    if envelope.subject is not None:
        attributes["subject"] = envelope.subject
    if envelope.trace is not None:
        attributes["requestid"] = envelope.trace
    message = to_binary_event(CloudEvent(attributes, data.encode()))
    return envelope.key.encode(), list(message.headers.items()), message.value


def from_kafka(key: bytes | None, headers: Headers) -> Envelope:
    """Read the headers of a record. Raises UnreadableEnvelope."""
    given = dict(headers)
    missing = [name for name in REQUIRED_HEADERS if not given.get(name)]
    if missing or not key:
        raise UnreadableEnvelope(f"missing {', '.join(missing) or 'key'}")
    if any(b"\0" in value for value in (key, *given.values())) or not TENANT.fullmatch(given["ce_tenantid"]):
        raise UnreadableEnvelope("characters that no id has")
    try:
        # The value is left out: it is JSON of an event class, and read as such.
        read = from_binary_event(KafkaMessage(given, key, b"")).get_attributes()
    except (ValueError, BaseCloudEventException) as error:
        raise UnreadableEnvelope(f"headers cannot be read: {type(error).__name__}") from error
    return Envelope(
        id=read["id"],
        type=read["type"],
        source=read["source"],
        time=read["time"],
        tenant_id=read["tenantid"],
        key=read["partitionkey"],
        subject=read.get("subject"),
        trace=read.get("requestid"),
    )
