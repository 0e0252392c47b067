"""Hearing again: a publisher's archive, to rebuild a service that lost its data; and letters that were parked."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from threading import Event as Signal
from typing import NamedTuple

from sqlalchemy import text
from sqlalchemy.orm import Session

from chassis.data.database import Database, see_only
from chassis.events.dead_letters import keys_with_parked, note_failure, oldest_parked, resolve
from chassis.events.hearing import hear, is_transient, reason_of
from chassis.events.inbox import remember_heard
from chassis.events.letters import Hearing, Letter, Listeners, Message, Told, hand_over, open_letter
from chassis.events.outbox_marks import COLUMNS, OutboxRow
from chassis.events.relay import ARCHIVE_DAYS
from chassis.events.rounds import ROUND_ROWS, record_of
from kernel.clock import utc_now

ARCHIVED = text(f"""
    SELECT {COLUMNS} FROM outbox
    WHERE created_at >= :since AND created_at < :until AND position > :after AND type = ANY (:types)
      AND (CAST(:tenant_id AS text) IS NULL OR tenant_id = :tenant_id)
    ORDER BY position LIMIT :limit
""")  # noqa: S608 - constants only


class StillDead(Exception):
    """The letter cannot be read by this version of the service either."""


class Retried(NamedTuple):
    """What became of parked letters."""

    resolved: int
    keys_still_parked: int


def replay(
    publisher: Database,
    consumer: Database,
    listeners: Listeners,
    *,
    since: datetime,
    until: datetime,
    stop: Signal,
    tenant_id: str | None = None,
) -> int:
    """Let a consumer hear what a publisher's outbox still holds of a time; returns how many events it was shown.

    `publisher` is in the role `relay`, `consumer` in the role `app`. Events come in the order in which they were
    published; those in the consumer's inbox are left out. Listeners are told that it is a replay, so that nobody is
    written to again.

    It reaches back ARCHIVE_DAYS and no further, whatever the outbox still has: inboxes forget what they heard before.
    """
    since = max(since, utc_now() - timedelta(days=ARCHIVE_DAYS))
    shown = 0
    for rows in archived(publisher, listeners, since=since, until=until, tenant_id=tenant_id):
        letters = [letter for row in rows if (letter := open_letter(message_of(row), listeners)) is not None]
        hear(consumer, listeners, letters, stop, replaying=True)
        shown += len(letters)
    return shown


def archived(
    publisher: Database, listeners: Listeners, *, since: datetime, until: datetime, tenant_id: str | None
) -> Iterator[list[OutboxRow]]:
    """A publisher's events of these kinds, in batches, in the order of publishing."""
    wanted = {
        "since": since,
        "until": until,
        "tenant_id": tenant_id,
        "types": [event_class.event_type for event_class in listeners],
        "limit": ROUND_ROWS,
    }
    after = 0
    while True:
        with publisher.engine.connect() as connection:
            rows = [OutboxRow(*row) for row in connection.execute(ARCHIVED, {**wanted, "after": after})]
        if not rows:
            return
        yield rows
        after = rows[-1].position


def message_of(row: OutboxRow) -> Message:
    """The message that the relay made of a row."""
    record = record_of(row, 0)
    return Message(row.topic, record.key, record.headers, record.value)


def retry_dead_letters(database: Database, listeners: Listeners, tenant_id: str) -> Retried:
    """Try a tenant's parked letters again, each key's in order; a key stops at its first failure.

    Messages that belong to no tenant are those of the tenant `-`. Where a key has no letter left, its new events flow
    again.
    """
    with database.transaction(tenant_id) as db:
        keys = keys_with_parked(db, tenant_id)
    resolved = 0
    for key in keys:
        while retry_oldest(database, listeners, tenant_id, key):
            resolved += 1
    with database.transaction(tenant_id) as db:
        return Retried(resolved, keys_still_parked=len(keys_with_parked(db, tenant_id)))


def retry_oldest(database: Database, listeners: Listeners, tenant_id: str, key: str) -> bool:
    """Try the next parked letter of a key; whether it is out of the way now. Raises when the database fails."""
    event_id = None
    try:
        with database.transaction(tenant_id) as db:
            found = oldest_parked(db, tenant_id, key)
            if found is None:
                return False
            event_id, message = found
            letter = open_letter(message, listeners)
            if letter is not None:
                see_only(db, letter.tenant_id)
                hear_again(db, listeners, letter, parked_for=tenant_id)
            see_only(db, tenant_id)
            resolve(db, tenant_id, event_id, utc_now())
    except Exception as error:
        if event_id is None or is_transient(error):
            raise
        with database.transaction(tenant_id) as db:
            note_failure(db, tenant_id, event_id, str(error) if isinstance(error, StillDead) else reason_of(error))
        return False
    return True


def hear_again(db: Session, listeners: Listeners, letter: Letter, parked_for: str) -> None:
    """Hand a parked letter to its listener. Raises StillDead, and what the listener raises.

    One that was parked for nobody and can be read now is heard for the first time, unless its like was heard meanwhile.
    """
    if letter.event is None:
        raise StillDead(letter.problem)
    if letter.tenant_id != parked_for and not remember_heard(db, [(letter.tenant_id, letter.event_id)]):
        return
    hand_over(db, listeners, [Told(letter.event, Hearing(letter.event_id, utc_now(), replaying=False))])
    db.flush()
