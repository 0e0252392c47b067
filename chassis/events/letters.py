"""A message from a topic, opened as far as it can be."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from itertools import groupby
from typing import Any, NamedTuple

from pydantic import ValidationError
from sqlalchemy.orm import Session

from contracts.envelope import Envelope, Headers, UnreadableEnvelope, from_kafka
from contracts.event import Event, event_class_for, parse_type

# Rows of messages whose tenant cannot be trusted belong to nobody.
NO_TENANT = "-"


@dataclass(frozen=True, slots=True)
class Hearing:
    """The circumstances in which a listener hears an event.

    `replaying` means that people were told long ago: whatever would reach a person must not be done again.
    """

    event_id: str
    heard_at: datetime
    replaying: bool


class Told(NamedTuple):
    """An event that is heard, and how."""

    event: Any
    hearing: Hearing


Listener = Callable[[Session, Any, Hearing], None]


@dataclass(frozen=True, slots=True)
class Together:
    """A listener that takes many events in a few statements: of one tenant, in order, each once.

    Whatever it does must be what doing it event by event would have done.
    """

    hear: Callable[[Session, Sequence[Told]], None]


Listeners = Mapping[type[Event], Listener | Together]


def hand_over(db: Session, listeners: Listeners, told: Iterable[Told]) -> None:
    """Let listeners hear one tenant's events in order: one by one, or as many together as follow each other."""
    for listener, events in groupby(told, key=lambda one: listeners[type(one.event)]):
        if isinstance(listener, Together):
            listener.hear(db, list(events))
        else:
            for event, hearing in events:
                listener(db, event, hearing)


@dataclass(frozen=True, slots=True)
class Message:
    """A record as it came: bytes and headers, untouched."""

    topic: str
    key: bytes | None
    headers: Headers
    value: bytes | None


@dataclass(frozen=True, slots=True)
class Letter:
    """A message for this service: its event, or the reason why it cannot be read."""

    message: Message
    tenant_id: str
    event_id: str
    key: str
    event: Event | None
    problem: str | None = None
    attempts: int = 1


def open_letter(message: Message, listeners: Listeners) -> Letter | None:
    """Read a message. None when it is an event that this service does not listen to.

    A message whose sender or tenant cannot be believed belongs to no tenant. One that is well addressed, but in a
    version or form not known here, stays with its customer: later code may be able to read it.
    """
    try:
        envelope = from_kafka(message.key, message.headers)
        type_name = parse_type(envelope.type)
    except UnreadableEnvelope as error:
        return unaddressed(message, str(error))
    except ValueError:
        return unaddressed(message, "unknown form of type")
    event_class = event_class_for(envelope.type)
    if event_class is not None and event_class in listeners:
        return open_event(message, envelope, event_class)
    heard = {parse_type(known.event_type)[:2] for known in listeners}
    if type_name[:2] not in heard:
        return None
    return unreadable(message, envelope, f"unknown version {type_name.version} of {envelope.type}")


def open_event(message: Message, envelope: Envelope, event_class: type[Event]) -> Letter:
    """Read the event itself, and see that it belongs to whom the envelope says."""
    if message.value is None:
        return unaddressed(message, "no value")
    try:
        event = event_class.model_validate_json(message.value)
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False)[0]
        if first["type"] == "json_invalid":
            return unaddressed(message, "not JSON")
        return unreadable(message, envelope, f"{'.'.join(map(str, first['loc']))}: {first['type']}")
    if event.tenant_id != envelope.tenant_id or event.key != envelope.key:
        return unaddressed(message, "the event is not of the tenant and customer on its envelope")
    return Letter(message, envelope.tenant_id, envelope.id, envelope.key, event)


def unreadable(message: Message, envelope: Envelope, problem: str) -> Letter:
    """A letter that is well addressed and cannot be read here."""
    return Letter(message, envelope.tenant_id, envelope.id, envelope.key, None, problem)


def unaddressed(message: Message, problem: str) -> Letter:
    """A letter that belongs to nobody. The same bytes have the same id."""
    digest = sha256(repr((message.topic, message.key, message.headers, message.value)).encode()).hexdigest()
    return Letter(message, NO_TENANT, f"raw_{digest[:32]}", f"raw_{digest[:32]}", None, problem)
