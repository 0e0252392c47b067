"""P7: what relay and listeners carry, beside what the Kafka client does on the same broker; and how soon."""

import time
from collections.abc import Collection, Iterator, Sequence
from contextlib import closing
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from statistics import median
from threading import Event as Signal
from time import perf_counter

import psycopg
from kafka import KafkaProducer
from sqlalchemy import Connection

from bench.checks import Check, Outcome, at_least, at_most
from bench.house import House, at_work, open_house, until
from bench.measures import headers, percentiles, tills, work
from bench.pace import Pace
from bench.shop import Shop, database_url, open_shop, settle, stock
from bench.soundness import Unsound, prove
from bench.steady import Order
from chassis.data.database import Database
from chassis.events.gaps import Polled
from chassis.events.hearing import hear, hear_together
from chassis.events.kafka import Member, group_consumer
from chassis.events.letters import Letter
from chassis.events.listening import BATCH_MAX, commit, letters_of
from chassis.events.outbox_marks import OutboxRow, unsent_rows
from chassis.events.relay import carry, leadership, read
from chassis.events.rounds import record_of
from chassis.events.topic_log import Record, TopicLog, open_topic_log
from contracts.topics import topics_written_by
from services.retention.listeners import LISTENERS

TOPIC = "loyalty.events"
ASIDE = "bench.events"
# One row per commit is slow: so many of them say how slow.
ALONE_SHARE = 10
SHARE_OF_P1 = 0.3
# Of the purchases that fill the outbox: higher than those of the stock.
FIRST_NUMBER = 10**9
PATIENCE_SECONDS = 60
# A worker joins its group and catches up before anything is timed.
WORKERS_SETTLE_SECONDS = 3.0
# When each purchase was committed, and when what another service made of its event was.
COMMITTED = """
    SELECT o.id, pg_xact_commit_timestamp(p.xmin) FROM outbox o
    JOIN purchases p ON p.tenant_id = o.tenant_id AND p.id = o.data::jsonb ->> 'purchase_id'
    WHERE p.recorded_at >= %s
"""
TOLD = "SELECT count(*) FROM outbox WHERE type = 'loyalty.purchase_recorded.v1'"
HEARD = "SELECT count(*) FROM inbox"
PARKED = "SELECT count(*) FROM dead_letters"
TOOK_EFFECT = "SELECT event_id, pg_xact_commit_timestamp(xmin) FROM inbox"


@dataclass(frozen=True)
class Round:
    """Events per second of each way to send and to hear them."""

    relay: float
    produce: float
    poll: float
    listen: float
    alone: float


def measure(_rows: Collection[str], pace: Pace) -> Iterator[tuple[str, Outcome]]:
    """Carry events in rounds, then let both workers run while purchases come at a steady pace."""
    with open_house(broker=True, more_of_postgres=("-c", "track_commit_timestamp=on")) as house:
        shop = stock(house, open_shop(house, pace.customers, one_tenant=True))
        rounds, filled = carry_rounds(house, shop, pace)
        p50, p99, bought = at_steady_pace(house, shop, pace)
        prove(house, {house.tenant_id: shop.customers + shop.by_service + filled + bought})
    checks = [
        at_least("relay × the client's produce", median(each.relay / each.produce for each in rounds), 0.85),
        at_least("listeners × the client's poll", median(each.listen / each.poll for each in rounds), 0.85),
        at_least("listeners × one row per commit", median(each.listen / each.alone for each in rounds), 6),
        at_most("commit to effect, p50", p50, 30, "ms"),
        at_most("commit to effect, p99", p99, 200, "ms"),
        *sharded(),
    ]
    per_second = {name: round(median(asdict(each)[name] for each in rounds)) for name in asdict(rounds[0])}
    yield "P7", Outcome(checks, {"events_per_second": per_second})


def sharded() -> list[Check]:
    """Listeners share partitions, which tests prove. A service has one relay at work at a time."""
    return [at_least("relays of a service that share its keys", None, 2, "", note="not built")]


def carry_rounds(house: House, shop: Shop, pace: Pace) -> tuple[list[Round], int]:
    """Rounds of the same number of new events, sent and heard in each way; and how many purchases they told of."""
    loyalty = Database(house.settings, "loyalty", "relay", pool_size=2)
    retention = Database(house.settings, "retention", pool_size=1)
    stop, number, rounds = Signal(), FIRST_NUMBER, []
    with (
        leadership(loyalty, stop) as connection,
        open_topic_log(house.settings, topics_written_by("loyalty"), stop) as log,
        closing(joined(house, "bench-polls")) as poller,
        closing(joined(house, "bench-listens")) as listener,
    ):
        assert connection is not None
        while rows := read(connection, unsent_rows):
            carry(connection, log, rows, "loyalty")
        for turn in range(pace.rounds):
            settle(house)
            drop_what_came(poller, listener)
            number = fill_outbox(house, shop, pace.events, number)
            relay, sent = relayed(connection, log)
            poll = polled(poller, sent)
            listen = listened(listener, retention, len(sent), stop)
            produce = produced(house, [record_of(row, log.partition_of(row.topic, row.key)) for row in sent])
            number = fill_outbox(house, shop, max(1, pace.events // ALONE_SHARE), number)
            _rate, few = relayed(connection, log)
            alone = heard_alone(listener, retention, len(few))
            rounds.append(Round(relay, produce, poll, listen, alone))
            print(f"  round {turn + 1}: {rounds[-1]}", flush=True)
    for database in (loyalty, retention):
        database.dispose()
    return rounds, number - FIRST_NUMBER


def joined(house: House, group: str) -> Member:
    """A member of a group of its own, that has its partitions."""
    consumer = group_consumer(house.settings, group, [TOPIC], group)
    deadline = time.monotonic() + PATIENCE_SECONDS
    while consumer.is_joining or not consumer.assignment():
        consumer.poll(timeout_ms=100, max_records=1)
        if time.monotonic() > deadline:
            raise TimeoutError("the broker does not let a listener join")
    return consumer


def drop_what_came(*consumers: Member) -> None:
    """Begin at the end of the log."""
    for consumer in consumers:
        consumer.seek_to_end()
        for partition in consumer.assignment():
            consumer.position(partition)


def fill_outbox(house: House, shop: Shop, events: int, number: int) -> int:
    """Record so many purchases, set-based; returns the number after the last."""
    with psycopg.connect(database_url(house), autocommit=True) as db:
        for first in range(number, number + events, shop.customers):
            count = min(shop.customers, number + events - first)
            db.execute("SELECT bench.record_purchases(0, %s, %s)", [first, count])
    return number + events


def relayed(connection: Connection, log: TopicLog) -> tuple[float, list[OutboxRow]]:
    """Carry all there is, as the relay does; how many a second, and which."""
    sent: list[OutboxRow] = []
    began = perf_counter()
    while rows := read(connection, unsent_rows):
        carry(connection, log, rows, "loyalty")
        sent += rows
    return len(sent) / (perf_counter() - began), sent


def produced(house: House, records: Sequence[Record]) -> float:
    """What the client's own producer sends of the same records, and only that, with the same promises."""
    producer = KafkaProducer(
        bootstrap_servers=house.settings.kafka_bootstrap, acks="all", enable_idempotence=True, metrics_enabled=False
    )
    with closing(producer):
        producer.send(ASIDE, key=records[0].key, value=records[0].value).get(timeout=PATIENCE_SECONDS)
        began = perf_counter()
        futures = [
            producer.send(ASIDE, key=record.key, value=record.value, headers=record.headers) for record in records
        ]
        producer.flush()
        took = perf_counter() - began
        if not all(future.succeeded() for future in futures):
            raise RuntimeError("the producer lost records")
    return len(records) / took


def polled(consumer: Member, sent: Sequence[OutboxRow]) -> float:
    """What the client's own consumer takes, and does nothing with."""
    came, began = 0, perf_counter()
    while came < len(sent):
        came += sum(len(of_partition) for of_partition in take(consumer, began).values())
    return came / (perf_counter() - began)


def listened(consumer: Member, database: Database, events: int, stop: Signal) -> float:
    """What retention hears as its worker does: batch after batch with its effects, then told to the group."""
    came, began = 0, perf_counter()
    while came < events:
        found = take(consumer, began)
        letters = letters_of(found, LISTENERS)
        hear(database, LISTENERS, letters, stop)
        commit(consumer)
        came += len(letters)
    return came / (perf_counter() - began)


def heard_alone(consumer: Member, database: Database, events: int) -> float:
    """The same, each event in a transaction of its own."""
    letters: list[Letter] = []
    began = perf_counter()
    while len(letters) < events:
        letters += letters_of(take(consumer, began), LISTENERS)
    began = perf_counter()
    for letter in letters:
        hear_together(database, LISTENERS, [letter], replaying=False)
    return len(letters) / (perf_counter() - began)


def take(consumer: Member, since: float) -> Polled:
    """The next batch. Raises TimeoutError when nothing comes for too long."""
    if perf_counter() > since + PATIENCE_SECONDS:
        raise TimeoutError("what was sent does not come")
    found: Polled = consumer.poll(timeout_ms=5, max_records=BATCH_MAX)
    return found


def at_steady_pace(house: House, shop: Shop, pace: Pace) -> tuple[float, float, int]:
    """Milliseconds from a purchase's commit to that of its effect in retention, at a share of what loyalty takes.

    The middle, the 99th of a hundred, and how many purchases there were.
    """
    full = tills(house, shop, pace, "loyalty_64", "loyalty", to="loyalty", job="purchase", connections=64).take(900)
    order = Order(
        host="127.0.0.1",
        port=house.ports["loyalty"],
        headers=headers(house, "loyalty"),
        mix={"earn": 100},
        per_second=full.per_second * SHARE_OF_P1,
        connections=64,
        customers=shop.customers,
        run=901,
        warmup_seconds=pace.warmup_seconds + WORKERS_SETTLE_SECONDS,
        seconds=pace.steady_seconds,
    )
    with at_work(house, "loyalty", "retention"):
        wait_until_heard(house)
        found = work("bench.steady", asdict(order))
        if found["refused"]:
            raise RuntimeError(f"purchases were refused: {found['refused']}")
        wait_until_heard(house)
    since = datetime.fromtimestamp(found["began_at"], UTC)
    took = delays(house, since)
    print(f"  {len(took)} events at {order.per_second:,.0f} purchases/s", flush=True)
    return *percentiles(took), full.done + found["purchases"]


def wait_until_heard(house: House) -> None:
    """Until retention has heard of every purchase there is."""
    with (
        psycopg.connect(database_url(house), autocommit=True) as loyalty,
        psycopg.connect(database_url(house, "retention"), autocommit=True) as other,
    ):
        until(lambda: count(other, HEARD) >= count(loyalty, TOLD), "the listener")


def count(db: psycopg.Connection[tuple[int, ...]], query: str) -> int:
    """The number that a query answers with."""
    found = db.execute(query.encode()).fetchone()
    assert found is not None
    return found[0]


def delays(house: House, since: datetime) -> list[float]:
    """Seconds from commit to commit, of each purchase since that moment."""
    with psycopg.connect(database_url(house)) as loyalty, psycopg.connect(database_url(house, "retention")) as other:
        committed: dict[str, datetime] = dict(loyalty.execute(COMMITTED, [since]).fetchall())
        heard: dict[str, datetime] = dict(other.execute(TOOK_EFFECT).fetchall())
        parked = count(other, PARKED)
    if parked:
        raise Unsound(f"{parked} events were put aside instead of heard")
    if not committed.keys() <= heard.keys():
        raise Unsound(f"{len(committed.keys() - heard.keys())} purchases had no effect in retention")
    return [(heard[event] - at).total_seconds() for event, at in committed.items()]
