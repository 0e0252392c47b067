"""Invariant I5: what services published, each service that listens to it has heard."""

from collections.abc import Iterator
from itertools import product
from typing import NamedTuple

from sqlalchemy import text

from chassis.data.database import Database
from chassis.data.migrations import DATABASES
from chassis.data.verification import Breach
from chassis.settings import Settings
from cli.databases import open_database
from cli.listeners import event_types_heard_by
from contracts.event import parse_type
from contracts.topics import publisher_name

INVARIANT = "I5 every event is heard"
BATCH_ROWS = 5_000

PUBLISHED = text("""
    SELECT position, tenant_id, id, type, sent_offset IS NOT NULL AS sent FROM outbox
    WHERE position > :after AND type = ANY (:types) ORDER BY position LIMIT :limit
""")
HEARD = text("SELECT event_id FROM inbox WHERE tenant_id = ANY (:tenant_ids) AND event_id = ANY (:event_ids)")


class Published(NamedTuple):
    """A row of an outbox."""

    position: int
    tenant_id: str
    id: str
    type: str
    sent: bool


def undelivered(settings: Settings) -> Iterator[Breach]:
    """Every event of an outbox that a listening service does not have in its inbox."""
    for publisher, consumer in product(DATABASES, DATABASES):
        types = [
            name for name in event_types_heard_by(consumer) if parse_type(name).publisher == publisher_name(publisher)
        ]
        if types:
            with open_database(settings, publisher, "relay") as outbox, open_database(settings, consumer) as inbox:
                yield from not_heard(outbox, inbox, types)


def not_heard(outbox: Database, inbox: Database, types: list[str]) -> Iterator[Breach]:
    """Every event of these types in one outbox that one inbox does not have."""
    for events in published(outbox, types):
        heard = heard_of(inbox, events)
        for event in events:
            if event.id not in heard:
                where = "sent" if event.sent else "not sent yet"
                yield Breach(
                    INVARIANT, event.tenant_id, event.id, f"{event.type} {where}, {inbox.service} has not heard it"
                )


def published(outbox: Database, types: list[str]) -> Iterator[list[Published]]:
    """The events of these types that the outbox still keeps, of all tenants, in batches."""
    after = 0
    while True:
        with outbox.engine.connect() as connection:
            rows = connection.execute(PUBLISHED, {"after": after, "types": types, "limit": BATCH_ROWS})
            events = [Published(*row) for row in rows]
        if not events:
            return
        yield events
        after = events[-1].position


def heard_of(inbox: Database, events: list[Published]) -> set[str]:
    """The ids of those events that the inbox has."""
    tenant_ids = {event.tenant_id for event in events}
    with inbox.transaction(*tenant_ids) as db:
        wanted = {"tenant_ids": list(tenant_ids), "event_ids": [event.id for event in events]}
        return set(db.execute(HEARD, wanted).scalars())
