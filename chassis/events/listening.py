"""A service listens: it takes events from topics in batches, and each has its effect once.

The batch and the inbox are one transaction; Kafka's offsets are committed after it. Whatever dies in between, the
events come again and the inbox knows them. Source: docs/events.md.
"""

from collections.abc import Callable
from contextlib import closing
from functools import partial
from itertools import chain
from random import uniform
from threading import Event as Signal
from time import monotonic

from kafka.errors import KafkaError

from chassis.data.database import Database
from chassis.events.gaps import Gaps, Polled
from chassis.events.hearing import Interrupted, hear
from chassis.events.kafka import Member, admin, ensure_topics, group_consumer, knock
from chassis.events.letters import Letter, Listeners, Message, open_letter
from chassis.events.membership import take_place
from chassis.logging import log
from contracts.event import parse_type
from contracts.topics import event_topic

# A broker may answer an empty fetch at once however long it was asked to wait, and the client then asks again and
# again: so we wait ourselves, a little longer each time nothing has come.
POLL_MS = 5
PAUSE_SECONDS_STEP = 0.01
PAUSE_SECONDS_MAX = 0.1
BATCH_MAX = 500
COMMIT_MS = 5_000
BACKOFF_SECONDS_MAX = 2.0


def listen(database: Database, listeners: Listeners, stop: Signal) -> None:
    """Hear events until told to stop, as a member of the group named as the service. No error ends it."""
    while not stop.is_set():
        try:
            listen_as_member(database, listeners, stop)
        except Interrupted:
            return
        except Exception as error:  # noqa: BLE001 - whatever it is, events must be heard
            log.warning("listener begins anew", service=database.service, reason=type(error).__name__)
            stop.wait(uniform(0.25, 1) * BACKOFF_SECONDS_MAX)  # noqa: S311 - jitter


def listen_as_member(database: Database, listeners: Listeners, stop: Signal) -> None:
    """Join the group and hear events until told to stop. Raises KafkaError."""
    topics = sorted({event_topic(parse_type(event_class.event_type).publisher) for event_class in listeners})
    knock(database.settings)
    with take_place(database) as place, closing(admin(database.settings)) as client:
        ensure_topics(client, topics)
        place.bury_predecessors(client)
        consumer = group_consumer(database.settings, place.group, topics, place.client_id)
        try:
            log.info("listening", service=database.service, topics=topics)
            hear_on(consumer, database, listeners, stop, every_ten_seconds=partial(place.bury_the_dead, client))
        finally:
            consumer.close(timeout_ms=1_000)


def hear_on(
    consumer: Member, database: Database, listeners: Listeners, stop: Signal, every_ten_seconds: Callable[[], None]
) -> None:
    """Hear batch after batch until told to stop."""
    gaps = Gaps(consumer, database.service)
    next_time = monotonic()
    pause = 0.0
    while not stop.is_set():
        if monotonic() >= next_time:
            every_ten_seconds()
            next_time = monotonic() + 10
        # Take what has come, handle it, and only then say that we have it.
        polled: Polled = consumer.poll(timeout_ms=POLL_MS, max_records=BATCH_MAX)
        if polled:
            gaps.look(polled)
            hear(database, listeners, letters_of(polled, listeners), stop)
            commit(consumer)
        pause = 0.0 if polled or consumer.is_joining else min(PAUSE_SECONDS_MAX, pause + PAUSE_SECONDS_STEP)
        stop.wait(pause)


def letters_of(polled: Polled, listeners: Listeners) -> list[Letter]:
    """The records that are for us, opened."""
    records = chain.from_iterable(polled.values())
    messages = (Message(record.topic, record.key, list(record.headers), record.value) for record in records)
    opened = (open_letter(message, listeners) for message in messages)
    return [letter for letter in opened if letter is not None]


def commit(consumer: Member) -> None:
    """Tell the group how far we are. Not being heard is no harm: the events come again, and the inbox knows them."""
    try:
        consumer.commit(timeout_ms=COMMIT_MS)
    except KafkaError as error:
        log.info("offsets not committed", reason=type(error).__name__)
