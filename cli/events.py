"""`wafa events`: let a service hear again what was published, and see to the events it could not handle."""

from datetime import datetime
from threading import Event
from typing import NamedTuple

from sqlalchemy import text

from chassis.data.database import Database
from chassis.data.known_tenants import known_tenants
from chassis.data.migrations import DATABASES
from chassis.events.dead_letters import keys_with_parked
from chassis.events.letters import NO_TENANT
from chassis.events.replay import replay, retry_dead_letters
from chassis.settings import Settings
from cli.databases import open_database
from cli.home import CommandFailed
from cli.listeners import listeners_of

# Services that keep nothing but what they heard: their tables may be emptied and filled from the archive again.
REBUILT_TABLES = {"retention": ("customers", "visits", "returns", "inbox", "dead_letters")}

PARKED = text("""
    SELECT tenant_id, event_id, topic, key, reason, attempts, parked_at FROM dead_letters
    WHERE resolved_at IS NULL ORDER BY parked_at, event_id
""")


class DeadLetter(NamedTuple):
    """An event that waits to be handled."""

    tenant_id: str
    event_id: str
    topic: str
    key: str
    reason: str
    attempts: int
    parked_at: datetime


def replay_events(
    settings: Settings, consumer: str, *, publisher: str | None, since: datetime, until: datetime, rebuild: bool
) -> int:
    """Let a service hear the archive again, publisher by publisher; nobody is written to. How many events it was shown.

    With `rebuild`, what it kept is forgotten first. Raises CommandFailed for a service that keeps more than it heard.
    """
    check_service(consumer)
    publishers = [publisher] if publisher is not None else list(DATABASES)
    check_service(publishers[0])
    if rebuild:
        forget(settings, consumer)
    shown = 0
    with open_database(settings, consumer) as hearing:
        for name in publishers:
            with open_database(settings, name, "relay") as archive:
                shown += replay(archive, hearing, listeners_of(consumer), since=since, until=until, stop=Event())
    return shown


def forget(settings: Settings, consumer: str) -> None:
    """Empty what a service keeps from events. Raises CommandFailed when it keeps more than that."""
    if consumer not in REBUILT_TABLES:
        raise CommandFailed(f"{consumer} keeps what no event holds; only {', '.join(REBUILT_TABLES)} can be rebuilt.")
    with open_database(settings, consumer, "owner") as database, database.transaction() as db:
        db.execute(text(f"TRUNCATE {', '.join(REBUILT_TABLES[consumer])}"))


def dead_letters(settings: Settings, consumer: str) -> list[DeadLetter]:
    """The events a service has put aside, those that wait longest first."""
    check_service(consumer)
    with open_database(settings, consumer) as database, database.transaction(*tenants_of(database)) as db:
        return [DeadLetter(*row) for row in db.execute(PARKED)]


def retry(settings: Settings, consumer: str) -> int:
    """Try a service's dead letters again; how many are out of the way now."""
    check_service(consumer)
    with open_database(settings, consumer) as database:
        with_letters = [tenant for tenant in tenants_of(database) if has_letters(database, tenant)]
        return sum(retry_dead_letters(database, listeners_of(consumer), tenant).resolved for tenant in with_letters)


def has_letters(database: Database, tenant_id: str) -> bool:
    """Whether anything of this tenant waits."""
    with database.transaction(tenant_id) as db:
        return bool(keys_with_parked(db, tenant_id))


def tenants_of(database: Database) -> list[str]:
    """The tenants a service knows, and the one that stands for none."""
    with database.transaction() as db:
        return [*known_tenants(db), NO_TENANT]


def check_service(name: str) -> None:
    """Raise CommandFailed when there is no such service."""
    if name not in DATABASES:
        raise CommandFailed(f"There is no service {name}. There are: {', '.join(DATABASES)}.")
