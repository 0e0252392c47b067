"""A shop that publishes and a desk that listens, with databases, topics and events of their own."""

import json
import os
import secrets
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, ClassVar

import psycopg
from kafka import TopicPartition
from kafka.admin import OffsetSpec
from kafka.errors import RetriableError
from kafka.partitioner.default import murmur2
from psycopg import sql
from sqlalchemy import text
from sqlalchemy.orm import Session

from chassis.data.database import Database, Role
from chassis.events.dead_letters import envelope_text
from chassis.events.kafka import admin, ensure_topics, log_reader, round_producer
from chassis.events.letters import Hearing, Listeners, Message
from chassis.events.listening import listen
from chassis.events.outbox import publish
from chassis.events.relay import run_relay
from chassis.settings import Settings
from contracts.event import Event
from contracts.topics import PARTITIONS, topics_written_by
from kernel.ids import CustomerId, TenantId, new_id
from tests.support.databases import TEST_PASSWORD

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
TEMPLATE = "wafa_mailroom_only"


class Noted(Event):
    """Something with a number happened."""

    number: int
    trouble: str | None = None


class World:
    """One test's shop and desk. The desk notes the number of each event it hears."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        suffix = secrets.token_hex(4)
        self.shop, self.desk = f"shop{suffix}", f"desk{suffix}"
        self.topic = f"{self.shop}.events"
        self.tenant = TenantId(new_id("ten"))
        self.Noted: type[Noted] = make_event_class(f"{self.shop}.noted.v1")
        self.listeners: Listeners = {self.Noted: note}
        self.databases: list[Database] = []
        for service in (self.shop, self.desk):
            self._administer("CREATE DATABASE {} OWNER wafa_owner TEMPLATE " + TEMPLATE, service)

    def database(self, service: str, role: Role = "app") -> Database:
        """A pool on one of the two databases."""
        database = Database(self.settings, service, role, name=f"wafa_{service}")
        self.databases.append(database)
        return database

    def publish(self, customer: str, *numbers: int, trouble: str | None = None) -> None:
        """Publish an event for each number, in one transaction."""
        if not hasattr(self, "_shop_database"):
            self._shop_database = self.database(self.shop)
        with self._shop_database.transaction(self.tenant) as db:
            publish(db, *(self.event(customer, number, trouble) for number in numbers), trace="req_1")

    def event(self, customer: str, number: int, trouble: str | None = None) -> Noted:
        """An event of this world's own type."""
        return self.Noted(
            tenant_id=self.tenant, customer_id=CustomerId(customer), occurred_at=NOON, number=number, trouble=trouble
        )

    @contextmanager
    def relaying(self) -> Iterator[threading.Event]:
        """The shop's relay runs."""
        database = self.database(self.shop, "relay")
        with running(lambda stop: run_relay(database, stop)) as stop:
            yield stop

    @contextmanager
    def listening(self, listeners: Listeners | None = None) -> Iterator[threading.Event]:
        """The desk listens."""
        database = self.database(self.desk)
        with running(lambda stop: listen(database, listeners or self.listeners, stop)) as stop:
            yield stop

    def ask(self, service: str, question: str, **values: object) -> Sequence[Any]:
        """Rows of a database, seen by the superuser."""
        with psycopg.connect(self.url(service)) as connection:
            return connection.execute(question, values).fetchall()  # type: ignore[arg-type]

    def unsent(self) -> int:
        """How many of the shop's events were not sent."""
        return self.ask(self.shop, "SELECT count(*) FROM outbox WHERE sent_offset IS NULL")[0][0]

    def notes(self) -> dict[str, list[int]]:
        """What the desk noted, by customer, in the order of noting."""
        heard: dict[str, list[int]] = {}
        for key, number in self.ask(self.desk, "SELECT key, number FROM notes ORDER BY at"):
            heard.setdefault(key, []).append(number)
        return heard

    def count_notes(self) -> int:
        """How many events the desk noted."""
        count: int = self.ask(self.desk, "SELECT count(*) FROM notes")[0][0]
        return count

    def change(self, service: str, statement: str, **values: object) -> None:
        """Change a database, as the superuser."""
        with psycopg.connect(self.url(service)) as connection:
            connection.execute(statement, values)  # type: ignore[arg-type]

    def take_back(self, customer: str, number: int) -> None:
        """Hide a published event, as if its transaction had not committed yet."""
        self.change(
            self.shop,
            "CREATE TABLE IF NOT EXISTS hidden AS SELECT * FROM outbox WHERE false; "
            f"WITH gone AS (DELETE FROM outbox WHERE key = '{customer}' AND data::json ->> 'number' = '{number}'"
            " RETURNING *) "
            "INSERT INTO hidden SELECT * FROM gone",
        )

    def put_forward(self, customer: str, number: int) -> None:
        """Its transaction commits now."""
        self.change(self.shop, "INSERT INTO outbox OVERRIDING SYSTEM VALUE SELECT * FROM hidden")

    def positions_in_log(self) -> list[tuple[int, int, str]]:
        """Partition, offset and event id of everything in the shop's topic."""
        return [
            (partition.partition, record.offset, dict(record.headers).get("ce_id", b"").decode())
            for partition, records in self.log_of(self.topic).items()
            for record in records
        ]

    def positions_remembered(self) -> set[tuple[int, int, str]]:
        """Partition, offset and id of everything the shop's outbox says is in the topic."""
        rows = self.ask(self.shop, "SELECT sent_partition, sent_offset, id FROM outbox WHERE sent_offset >= 0")
        return {(row[0], row[1], row[2]) for row in rows}

    def numbers_in_log(self) -> list[int]:
        """The numbers of all our events in the shop's topic, partition by partition."""
        return [
            json.loads(record.value)["number"]
            for records in self.log_of(self.topic).values()
            for record in records
            if dict(record.headers).get("ce_id")
        ]

    def caught_up(self) -> bool:
        """Whether the desk's group has committed everything that the shop's topic holds."""
        with closing(admin(self.settings)) as client:
            partitions = [TopicPartition(self.topic, number) for number in range(PARTITIONS)]
            try:
                ends = client.list_partition_offsets(dict.fromkeys(partitions, OffsetSpec.LATEST))
                committed = client.list_group_offsets({self.desk: None})[self.desk]
            except RetriableError:
                return False
        return self.unsent() == 0 and all(
            end.offset == 0 or (partition in committed and committed[partition].offset == end.offset)
            for partition, end in ends.items()
        )

    def as_parked(self) -> dict[str, object]:
        """The one record of the shop's topic, as columns of a dead letter."""
        [record] = [record for records in self.log_of(self.topic).values() for record in records]
        message = Message(self.topic, record.key, list(record.headers), record.value)
        return {"headers": envelope_text(message), "body": record.value}

    def partition_of(self, customer: str) -> TopicPartition:
        """Where a customer's events go."""
        return TopicPartition(self.topic, (murmur2(customer.encode()) & 0x7FFFFFFF) % PARTITIONS)

    def write_foreign_records(self, customer: str, count: int) -> None:
        """Fill a customer's partition with what the relay never wrote."""
        self.send_raw(*[(customer.encode(), [], b"{}")] * count)

    def send_raw(self, *messages: tuple[bytes | None, list[tuple[str, bytes]], bytes | None]) -> None:
        """Write messages (key, headers, value) to the shop's topic behind the relay's back."""
        with closing(admin(self.settings)) as client:
            ensure_topics(client, topics_written_by(self.shop))
        producer = round_producer(self.settings)
        futures = [producer.send(self.topic, key=key, headers=headers, value=value) for key, headers, value in messages]
        producer.flush()
        for future in futures:
            future.get(5)
        producer.close()

    def delete_records_below(self, customer: str, offset: int) -> None:
        """Let the beginning of a customer's partition expire."""
        with closing(admin(self.settings)) as client:
            client.delete_records({self.partition_of(customer): offset})

    def environment(self) -> dict[str, str]:
        """What a process needs to know to work in this world."""
        return {
            **os.environ,
            "PYTHONPATH": str(Path(__file__).parents[3]),
            "WAFA_DATABASE_HOST": self.settings.database_host,
            "WAFA_DATABASE_PORT": str(self.settings.database_port),
            "WAFA_KAFKA_BOOTSTRAP": self.settings.kafka_bootstrap,
            **{f"WAFA_{role}_PASSWORD": TEST_PASSWORD for role in ("OWNER", "APP", "RELAY")},
            "WAFA_INTERNAL_TOKEN": "none",
        }

    def parked(self) -> list[tuple[str, str, int]]:
        """The desk's dead letters: key, reason, attempts."""
        return [
            tuple(row)
            for row in self.ask(
                self.desk, "SELECT key, reason, attempts FROM dead_letters WHERE resolved_at IS NULL ORDER BY parked_at"
            )
        ]

    def log_of(self, topic: str) -> dict[TopicPartition, list[Any]]:
        """Everything that a topic holds."""
        reader = log_reader(self.settings)
        try:
            partitions = [TopicPartition(topic, number) for number in sorted(reader.partitions_for_topic(topic) or ())]
            if not partitions:
                return {}
            reader.assign(partitions)
            reader.seek_to_beginning(*partitions)
            ends = reader.end_offsets(partitions)
            found: dict[TopicPartition, list[Any]] = {partition: [] for partition in partitions}
            while any(reader.position(partition) < end for partition, end in ends.items()):
                for partition, records in reader.poll(timeout_ms=1000).items():
                    found[partition] += records
            return found
        finally:
            reader.close()

    def close(self) -> None:
        """Drop what was made."""
        for database in self.databases:
            database.dispose()
        for service in (self.shop, self.desk):
            self._administer("DROP DATABASE {} WITH (FORCE)", service)

    def _administer(self, statement: str, service: str) -> None:
        with psycopg.connect(self.url(None), autocommit=True) as admin:
            admin.execute(sql.SQL(statement).format(sql.Identifier(f"wafa_{service}")))  # type: ignore[arg-type]

    def url(self, service: str | None) -> str:
        assert self.settings.admin_url is not None
        url = self.settings.admin_url.get_secret_value()
        return url if service is None else psycopg.conninfo.make_conninfo(url, dbname=f"wafa_{service}")


def make_event_class(event_type: str) -> type[Noted]:
    """A class for a type that no other test uses."""
    return type(
        f"Noted_{event_type}",
        (Noted,),
        {"event_type": event_type, "__annotations__": {"event_type": ClassVar[str]}, "__module__": __name__},
    )


def note(db: Session, event: Noted, hearing: Hearing) -> None:
    """The desk's listener: it notes the number, and fails where the event says so."""
    if event.trouble is not None:
        raise ArithmeticError(event.trouble)
    db.execute(
        text("INSERT INTO notes (tenant_id, key, number) VALUES (:tenant_id, :key, :number)"),
        {"tenant_id": event.tenant_id, "key": event.customer_id, "number": event.number},
    )


@contextmanager
def running(work: Callable[[threading.Event], None]) -> Iterator[threading.Event]:
    """Run work in a thread for the block."""
    stop = threading.Event()
    thread = threading.Thread(target=work, args=[stop], daemon=True)
    thread.start()
    try:
        yield stop
    finally:
        stop.set()
        thread.join(30)
        assert not thread.is_alive(), "does not stop"
