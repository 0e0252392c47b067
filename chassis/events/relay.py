"""The relay carries a service's outbox to the broker: in order, at least once, and never again silently less.

One relay of a service leads; others wait for its database lock. It reads, claims and marks on the very connection that
holds the lock: a relay that lost the connection can change nothing any more, however late it wakes up. A round is
claimed before it is sent and marked after it is acknowledged, so that a relay which takes over knows which rows may be
in the log already, and sends those first, in the same order. Source: docs/adr/0006-outbox-that-remembers-offsets.md.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from random import uniform
from threading import Event
from time import monotonic

from kafka.errors import KafkaError
from psycopg import Error as DriverError
from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError

from chassis.data.database import Database
from chassis.events.event_metrics import EVENTS_REPUBLISHED, EVENTS_SENT, EVENTS_UNSENT, EVENTS_UNSENT_SECONDS
from chassis.events.outbox_marks import Mark, OutboxRow, backlog, claimed_rows, mark, unsent_rows
from chassis.events.realignment import realign
from chassis.events.rounds import ROUND_ROWS, in_rounds, record_of
from chassis.events.topic_log import TopicLog, open_topic_log
from chassis.logging import log
from contracts.topics import topics_written_by

# While events come the outbox is looked at every ten milliseconds; in quiet hours that would cost a tenth of a core.
IDLE_SECONDS_MIN = 0.01
IDLE_SECONDS_MAX = 0.1
IDLE_GROWTH = 1.1
CHECK_SECONDS = 1.0
UPKEEP_SECONDS = 3600.0
BACKOFF_SECONDS_MAX = 2.0
LOCK_SECONDS = 0.5
PARTITION_DAYS_AHEAD = 7
ARCHIVE_DAYS = 30

# A leader that stands still for so long loses its connection, and with it the lock. No step of it takes that long.
GIVE_UP = text("SET SESSION idle_session_timeout = '30s'; SET SESSION idle_in_transaction_session_timeout = '30s'")
TRY_LOCK = text("SELECT pg_try_advisory_lock(hashtext('wafa relay'))")
# Days with unsent rows stay, however old they are.
UPKEEP = text("""
    SELECT outbox_create_partitions(:ahead), outbox_drop_partitions(least(
        current_date - CAST(:days AS int), (SELECT min(created_at)::date FROM outbox WHERE sent_offset IS NULL)))
""")


def run_relay(database: Database, stop: Event) -> None:
    """Relay until told to stop. `database` is in the role `relay`. No error ends it: it begins anew, after a while."""
    failures = 0
    while not stop.is_set():
        began = monotonic()
        try:
            with leadership(database, stop) as connection:
                if connection is not None:
                    lead(connection, database, stop)
        except Exception as error:  # noqa: BLE001 - whatever it is, the outbox must be carried on
            failures = 1 if monotonic() - began > 10 * BACKOFF_SECONDS_MAX else failures + 1
            expected = isinstance(error, KafkaError | DBAPIError | DriverError)
            log.warning(
                "relay begins anew", service=database.service, reason=type(error).__name__, exc_info=not expected
            )
            stop.wait(uniform(0.5, 1) * min(BACKOFF_SECONDS_MAX, 0.05 * 2 ** min(failures, 10)))  # noqa: S311


@contextmanager
def leadership(database: Database, stop: Event) -> Iterator[Connection | None]:
    """The connection that holds the relay's lock; None when told to stop while waiting for it."""
    connection = database.engine.connect()
    try:
        connection.detach()
        with connection.begin():
            connection.execute(GIVE_UP)
        while not try_lock(connection):
            if stop.wait(LOCK_SECONDS):
                yield None
                return
        yield connection
    finally:
        connection.close()


def try_lock(connection: Connection) -> bool:
    """Whether this connection leads now."""
    with connection.begin():
        return bool(connection.execute(TRY_LOCK).scalar_one())


def lead(connection: Connection, database: Database, stop: Event) -> None:
    """Put right what the broker lost, finish what another began, then carry whatever is published."""
    service = database.service
    with open_topic_log(database.settings, topics_written_by(service), stop) as topic_log:
        EVENTS_REPUBLISHED.labels(service).inc(realign(connection, topic_log))
        while rows := read(connection, claimed_rows):
            carry(connection, topic_log, rows, service)
        log.info("relay leads", service=service)
        carry_on(connection, topic_log, service, stop)


def carry_on(connection: Connection, topic_log: TopicLog, service: str, stop: Event) -> None:
    """Send round after round; look at the log's ends and at ourselves from time to time."""
    next_check = next_upkeep = 0.0
    idle = IDLE_SECONDS_MIN
    while not stop.is_set():
        rows = read(connection, unsent_rows)
        if monotonic() >= next_check:
            topic_log.check()
            report(connection, service)
            next_check = monotonic() + CHECK_SECONDS
        if monotonic() >= next_upkeep:
            keep_partitions(connection)
            next_upkeep = monotonic() + UPKEEP_SECONDS
        if rows:
            carry(connection, topic_log, rows, service)
            idle = IDLE_SECONDS_MIN
        else:
            stop.wait(idle)
            idle = min(IDLE_SECONDS_MAX, idle * IDLE_GROWTH)


def read(connection: Connection, rows: Callable[[Connection, int], list[OutboxRow]]) -> list[OutboxRow]:
    """The next rows of a kind: no more than make one round."""
    with connection.begin():
        return next(in_rounds(rows(connection, ROUND_ROWS)), [])


def carry(connection: Connection, topic_log: TopicLog, rows: Sequence[OutboxRow], service: str) -> None:
    """Claim a round, send it, and mark where it came to stand. Raises, leaving it claimed, when any of it failed."""
    partitions = [topic_log.partition_of(row.topic, row.key, row.sent_partition) for row in rows]
    with connection.begin():
        mark(connection, [Mark(row, partition, None) for row, partition in zip(rows, partitions, strict=True)])
    offsets = topic_log.append([record_of(row, partition) for row, partition in zip(rows, partitions, strict=True)])
    with connection.begin():
        mark(connection, [Mark(*place) for place in zip(rows, partitions, offsets, strict=True)])
    EVENTS_SENT.labels(service).inc(len(rows))


def report(connection: Connection, service: str) -> None:
    """Count what waits."""
    with connection.begin():
        count, seconds = backlog(connection)
    EVENTS_UNSENT.labels(service).set(count)
    EVENTS_UNSENT_SECONDS.labels(service).set(seconds)


def keep_partitions(connection: Connection) -> None:
    """Make the outbox's days to come, and drop those whose time in the archive is over; or try again in an hour."""
    try:
        with connection.begin():
            # Whoever publishes meanwhile waits behind us: give up soon.
            connection.execute(text("SET LOCAL lock_timeout = '200ms'"))
            connection.execute(UPKEEP, {"ahead": PARTITION_DAYS_AHEAD, "days": ARCHIVE_DAYS})
    except DBAPIError as error:
        log.warning("outbox partitions not kept", reason=type(error.orig).__name__)
