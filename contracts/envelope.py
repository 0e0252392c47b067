"""How an event travels: CloudEvents 1.0 in Kafka's binary mode. Attributes are headers, the event itself is the value.

No header and no key holds personal data: they are ids, types and times. Source: CloudEvents Kafka binding 1.0.2.
"""

import re
from dataclasses import dataclass
from datetime import datetime

Headers = list[tuple[str, bytes]]

# An id or a time that was made up would make the same message a new event at each reading.
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
    key = envelope.key.encode()
    headers = [
        ("ce_specversion", b"1.0"),
        ("ce_id", envelope.id.encode()),
        ("ce_type", envelope.type.encode()),
        ("ce_source", envelope.source.encode()),
        ("ce_time", envelope.time.isoformat().replace("+00:00", "Z").encode()),
        ("content-type", b"application/json"),
        ("ce_tenantid", envelope.tenant_id.encode()),
        ("ce_partitionkey", key),
    ]
    if envelope.subject is not None:
        headers.append(("ce_subject", envelope.subject.encode()))
    if envelope.trace is not None:
        headers.append(("ce_requestid", envelope.trace.encode()))
    return key, headers, data.encode()


def from_kafka(key: bytes | None, headers: Headers) -> Envelope:
    """Read the headers of a record; those we do not know are let be. Raises UnreadableEnvelope."""
    given = dict(headers)
    missing = [name for name in REQUIRED_HEADERS if not given.get(name)]
    if missing or not key:
        raise UnreadableEnvelope(f"missing {', '.join(missing) or 'key'}")
    if any(b"\0" in value for value in (key, *given.values())) or not TENANT.fullmatch(given["ce_tenantid"]):
        raise UnreadableEnvelope("characters that no id has")
    if given["ce_specversion"] != b"1.0":
        raise UnreadableEnvelope("not of CloudEvents 1.0")
    subject, trace = given.get("ce_subject"), given.get("ce_requestid")
    try:
        return Envelope(
            id=given["ce_id"].decode(),
            type=given["ce_type"].decode(),
            source=given["ce_source"].decode(),
            time=moment(given["ce_time"].decode()),
            tenant_id=given["ce_tenantid"].decode(),
            key=key.decode(),
            subject=subject.decode() if subject else None,
            trace=trace.decode() if trace else None,
        )
    except ValueError as error:
        raise UnreadableEnvelope(f"headers cannot be read: {type(error).__name__}") from error


def moment(text: str) -> datetime:
    """A moment in the form of RFC 3339. Raises ValueError for any other, and for one that names no zone."""
    read = datetime.fromisoformat(text)
    if read.tzinfo is None:
        raise ValueError("a time without a zone is no moment")
    return read
