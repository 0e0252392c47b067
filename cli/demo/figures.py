"""What became of the events and messages that the demo's purchases caused, read from every service's own books."""

import time
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from sqlalchemy import TextClause, text
from sqlalchemy.orm import Session

from chassis.migrations import DATABASES
from chassis.settings import Settings
from cli.databases import open_database
from cli.listeners import event_types_heard_by

LOOK_EVERY_SECONDS: Final = 0.5
STANDSTILL_SECONDS_MAX: Final = 30.0

TOLD = text("SELECT type, count(*) AS told, count(sent_offset) AS sent FROM outbox GROUP BY type")
HEARD = text("SELECT count(*) FROM inbox")
PARKED = text("SELECT count(*) FROM dead_letters WHERE resolved_at IS NULL")
MESSAGES = text("SELECT state, count(*) FROM messages GROUP BY state")


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
    def waiting(self) -> int:
        """What is still on its way."""
        return self.to_publish + self.to_consume + self.messages.get("queued", 0) + self.messages.get("sending", 0)


def settled_figures(settings: Settings, tenant_id: str) -> Figures:
    """The figures once nothing is on its way any more; or, when nothing has moved for a while, as they stand then."""
    figures = read_figures(settings, tenant_id)
    moved_at = time.monotonic()
    while figures.waiting and time.monotonic() < moved_at + STANDSTILL_SECONDS_MAX:
        time.sleep(LOOK_EVERY_SECONDS)
        before, figures = figures, read_figures(settings, tenant_id)
        if figures != before:
            moved_at = time.monotonic()
    return figures


def read_figures(settings: Settings, tenant_id: str) -> Figures:
    """The figures as they stand."""
    told: Counter[str] = Counter()
    sent = consumed = parked = 0
    messages: dict[str, int] = {}
    for service in DATABASES:
        with open_database(settings, service) as database, database.transaction(tenant_id) as db:
            for row in db.execute(TOLD):
                told[row.type] += row.told
                sent += row.sent
            consumed += count(db, HEARD)
            parked += count(db, PARKED)
            if service == "notifications":
                messages = dict(db.execute(MESSAGES).tuples().all())
    expected = sum(told[event_type] for service in DATABASES for event_type in event_types_heard_by(service))
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
