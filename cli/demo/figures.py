"""What became of the events and messages that the demo's purchases caused, read from every service's own books."""

import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import Final

from sqlalchemy import TextClause, text
from sqlalchemy.orm import Session

from chassis.data.database import Database
from chassis.data.migrations import DATABASES
from chassis.settings import Settings
from cli.databases import open_database
from cli.listeners import event_types_heard_by

LOOK_EVERY_SECONDS: Final = 0.5
STANDSTILL_SECONDS_MAX: Final = 30.0

TOLD = text("SELECT type, count(*) AS told, count(sent_offset) AS sent FROM outbox GROUP BY type")
HEARD = text("SELECT count(*) FROM inbox")
PARKED = text("SELECT count(*) FROM dead_letters WHERE resolved_at IS NULL")
MESSAGES = text("SELECT state, count(*) AS messages FROM messages GROUP BY state")


@dataclass(frozen=True)
class Figures:
    """One tenant's events and messages. An event counts as consumed once for each service that listens to it."""

    published: int
    to_publish: int
    consumed: int
    to_consume: int
    parked: int
    messages: Mapping[str, int]

    @property
    def events_waiting(self) -> int:
        """Events still on their way."""
        return self.to_publish + self.to_consume

    @property
    def waiting(self) -> int:
        """Events on their way, and messages still to be sent."""
        return self.events_waiting + self.messages.get("queued", 0) + self.messages.get("sending", 0)


@contextmanager
def all_databases(settings: Settings) -> Iterator[list[Database]]:
    """The databases of all services, for the block."""
    with ExitStack() as opened:
        yield [opened.enter_context(open_database(settings, service)) for service in DATABASES]


def settled_figures(databases: Sequence[Database], tenant_id: str) -> Figures:
    """The figures once all events have arrived and all messages are settled, or when nothing has moved for a while.

    A message that is sent is told as an event, so that neither can be waited for alone.
    """
    figures = read_figures(databases, tenant_id)
    moved_at = time.monotonic()
    while figures.waiting and time.monotonic() < moved_at + STANDSTILL_SECONDS_MAX:
        time.sleep(LOOK_EVERY_SECONDS)
        before, figures = figures, read_figures(databases, tenant_id)
        if figures != before:
            moved_at = time.monotonic()
    return figures


def read_figures(databases: Sequence[Database], tenant_id: str) -> Figures:
    """The figures as they stand."""
    told: Counter[str] = Counter()
    sent = consumed = parked = 0
    messages: dict[str, int] = {}
    for database in databases:
        with database.transaction(tenant_id) as db:
            for row in db.execute(TOLD):
                told[row.type] += row.told
                sent += row.sent
            consumed += count(db, HEARD)
            parked += count(db, PARKED)
            if database.service == "notifications":
                messages = {row.state: row.messages for row in db.execute(MESSAGES)}
    heard = (event_types_heard_by(database.service) for database in databases)
    expected = sum(told[event_type] for types in heard for event_type in types)
    return Figures(
        published=sent,
        to_publish=told.total() - sent,
        consumed=consumed,
        to_consume=expected - consumed,
        parked=parked,
        messages=messages,
    )


def count(db: Session, query: TextClause) -> int:
    """The one number that the query answers with."""
    return int(db.execute(query).scalar_one())
