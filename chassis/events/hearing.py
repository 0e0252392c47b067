"""Handling letters: many in one transaction; where that fails, halves; where one alone fails, it is parked.

Each event's effect, its place in the inbox and the events it causes are one transaction. A listener sees its tenant's
rows only.
"""

import traceback
from collections.abc import Callable, Collection, Sequence
from dataclasses import replace
from functools import partial
from itertools import groupby
from operator import attrgetter
from pathlib import Path
from random import uniform
from threading import Event as Signal

import psycopg
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.orm import Session

from chassis.data.database import Database, narrow, see_only
from chassis.data.pipelines import pipeline
from chassis.events.dead_letters import ask_parked_keys, park
from chassis.events.event_metrics import EVENTS_HEARD
from chassis.events.inbox import EventKey, send_heard
from chassis.events.letters import Hearing, Letter, Listeners, Told, hand_over
from chassis.logging import log
from kernel.clock import utc_now

# After each of three failures.
PAUSES = (0.02, 0.08, 0.0)
TRANSIENT_PAUSE = 1.0

tenant_of = attrgetter("tenant_id")


class Interrupted(Exception):
    """Told to stop while waiting for the database. Nothing of the letter at hand is done."""


def hear(
    database: Database, listeners: Listeners, letters: Sequence[Letter], stop: Signal, *, replaying: bool = False
) -> None:
    """Handle letters in order, each once: those heard before are left out, those that cannot be handled are parked.

    Waits for a database that is away, for as long as it takes. Raises Interrupted when told to stop meanwhile.
    """
    try:
        hear_together(database, listeners, letters, replaying=replaying)
    except Exception as error:  # noqa: BLE001 - which letter failed, and how, shows when it is alone
        if len(letters) == 1:
            hear_alone(database, listeners, letters[0], stop, replaying=replaying)
            return
        log.info("batch is taken apart", service=database.service, letters=len(letters), reason=type(error).__name__)
        middle = len(letters) // 2
        for half in (letters[:middle], letters[middle:]):
            hear(database, listeners, half, stop, replaying=replaying)


def hear_together(database: Database, listeners: Listeners, letters: Sequence[Letter], *, replaying: bool) -> None:
    """Handle letters in one transaction. Raises what any listener raises; then none of them is handled."""
    if not letters:
        return
    tenants = {letter.tenant_id for letter in letters}
    with database.blind_transaction() as db:
        fresh, parked = not_yet_heard(db, letters, tenants)
        # Tenant by tenant: a tenant's own order stays, and each listener sees one tenant.
        for tenant_id, own in groupby(sorted(fresh, key=tenant_of), key=tenant_of):
            if len(tenants) > 1:
                see_only(db, tenant_id)
            deliverable = [letter for letter in own if not put_aside(db, database.service, letter, parked)]
            at = utc_now()
            told = (Told(letter.event, Hearing(letter.event_id, at, replaying)) for letter in deliverable)
            hand_over(db, listeners, told)
            db.flush()
    EVENTS_HEARD.labels(database.service, "new").inc(len(fresh))
    EVENTS_HEARD.labels(database.service, "known").inc(len(letters) - len(fresh))


def not_yet_heard(
    db: Session, letters: Sequence[Letter], tenants: Collection[str]
) -> tuple[list[Letter], set[EventKey]]:
    """The letters whose events are new here, each once, in order; and the (tenant, key) that have a letter parked.

    From now on they count as heard. The transaction sees these tenants.
    """
    first: dict[EventKey, Letter] = {}
    for letter in letters:
        first.setdefault((letter.tenant_id, letter.event_id), letter)
    with pipeline(db) as sending:
        narrow(sending, tenants)
        heard = send_heard(sending, first)
        parked = ask_parked_keys(sending, {(letter.tenant_id, letter.key) for letter in letters})
    fresh = set(heard.fetchall())
    return [letter for key, letter in first.items() if key in fresh], set(parked.fetchall())


def put_aside(db: Session, service: str, letter: Letter, parked: set[EventKey]) -> bool:
    """Park a letter that cannot be read, or that comes behind an earlier one of its key; whether it was."""
    if letter.event is None:
        park_letter(db, service, letter, letter.problem or "cannot be read", letter.attempts)
        parked.add((letter.tenant_id, letter.key))
        return True
    if (letter.tenant_id, letter.key) in parked:
        park_letter(db, service, letter, "waits behind an earlier dead letter", 0)
        return True
    return False


def hear_alone(database: Database, listeners: Listeners, letter: Letter, stop: Signal, *, replaying: bool) -> None:
    """Handle one letter in a transaction of its own; after three failures park it."""
    hear_it = partial(hear_together, database, listeners, replaying=replaying)
    for seconds in PAUSES:
        try:
            once_reachable(partial(hear_it, [letter]), stop)
        except Interrupted:
            raise
        except Exception as error:  # noqa: BLE001 - any error of a listener is a reason to park
            problem = reason_of(error)
            pause(stop, seconds)
        else:
            return
    once_reachable(partial(hear_it, [replace(letter, event=None, problem=problem, attempts=len(PAUSES))]), stop)


def once_reachable(work: Callable[[], None], stop: Signal) -> None:
    """Do it as soon as the database lets us. Raises what is not the database's fault, and Interrupted."""
    while True:
        try:
            work()
        except Exception as error:
            if not is_transient(error):
                raise
            pause(stop, TRANSIENT_PAUSE)
        else:
            return


def park_letter(db: Session, service: str, letter: Letter, reason: str, attempts: int) -> None:
    """Park a letter, and say so."""
    park(db, service, letter, reason, attempts)
    EVENTS_HEARD.labels(service, "parked").inc()
    log.warning("event is parked", service=service, event_id=letter.event_id, topic=letter.message.topic, reason=reason)


def pause(stop: Signal, seconds: float) -> None:
    """Wait. Raises Interrupted when told to stop meanwhile."""
    if stop.wait(uniform(0.5, 1) * seconds):  # noqa: S311 - jitter
        raise Interrupted


def is_transient(error: Exception) -> bool:
    """Whether it is the database that fails, and not this event: the connection, a deadlock, a lock not had in time."""
    if isinstance(error, PoolTimeout):
        return True
    lost = isinstance(error, DBAPIError) and error.connection_invalidated
    cause = error.orig if isinstance(error, DBAPIError) else error
    failed = isinstance(cause, psycopg.OperationalError | psycopg.InterfaceError)
    # A statement that takes too long for one event will take too long again.
    return lost or (failed and not isinstance(cause, psycopg.errors.QueryCanceled))


def reason_of(error: Exception) -> str:
    """What failed and where, without the message: that may quote what must not leave."""
    frame = traceback.extract_tb(error.__traceback__)[-1]
    own = next(
        (f for f in reversed(traceback.extract_tb(error.__traceback__)) if "site-packages" not in f.filename), frame
    )
    return f"{type(error).__name__} at {Path(own.filename).name}:{own.lineno}"
