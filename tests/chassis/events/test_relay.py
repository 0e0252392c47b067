"""Events reach the topic: in order, and once unless something dies on the way."""

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg

from chassis.events.event_metrics import EVENTS_UNSENT
from chassis.events.outbox_marks import Mark, mark, unsent_rows
from chassis.events.relay import try_lock
from chassis.events.rounds import record_of
from chassis.events.topic_log import open_topic_log
from contracts.topics import topics_written_by
from tests.chassis.events.world import World
from tests.support.brokers import Broker
from tests.support.waiting import eventually

SCRIPTS = Path(__file__).parent / "scripts"


def test_events_of_a_customer_are_heard_in_order(world: World) -> None:
    customers = [f"cus_{n}" for n in range(7)]
    with world.relaying(), world.listening():
        for number in range(30):
            for customer in customers:
                world.publish(customer, 2 * number, 2 * number + 1)
        eventually(lambda: world.count_notes() == 60 * len(customers))
    assert world.notes() == {customer: list(range(60)) for customer in customers}
    assert world.unsent() == 0


def test_a_record_is_a_cloud_event_without_personal_data(world: World) -> None:
    with world.relaying():
        world.publish("cus_1", 7)
        eventually(lambda: world.unsent() == 0)
    [record] = [record for records in world.log_of(world.topic).values() for record in records]
    headers = {name: value.decode() for name, value in record.headers}
    [(event_id,)] = world.ask(world.shop, "SELECT id FROM outbox")
    assert record.key == b"cus_1"
    assert headers == {
        "ce_specversion": "1.0",
        "ce_id": event_id,
        "ce_type": world.Noted.event_type,
        "ce_source": f"/wafa/{world.shop}",
        "ce_time": "2026-11-22T12:00:00Z",
        "ce_subject": "cus_1",
        "ce_tenantid": world.tenant,
        "ce_partitionkey": "cus_1",
        "ce_requestid": "req_1",
        "content-type": "application/json",
    }
    assert json.loads(record.value)["number"] == 7


def test_the_outbox_remembers_where_each_event_is(world: World) -> None:
    with world.relaying():
        world.publish("cus_1", *range(20))
        world.publish("cus_2", *range(20))
        eventually(lambda: world.unsent() == 0)
    remembered = world.ask(world.shop, "SELECT sent_partition, sent_offset, id FROM outbox ORDER BY 1, 2")
    assert remembered == world.positions_in_log()


def test_of_two_relays_one_leads_and_the_other_takes_over(world: World) -> None:
    with world.relaying() as first, world.relaying(), world.listening():
        world.publish("cus_1", *range(100))
        eventually(lambda: world.unsent() == 0)
        first.set()
        world.publish("cus_1", *range(100, 200))
        eventually(lambda: world.count_notes() == 200)
    assert world.notes() == {"cus_1": list(range(200))}
    assert len(world.positions_in_log()) == 200, "nothing was sent twice"


def test_leaders_killed_under_load_lose_nothing_and_keep_every_customers_order(world: World) -> None:
    """Two relays as processes, and events all the while. The one that leads is killed, again and again."""
    customers = [f"cus_{number}" for number in range(8)]
    told = 0

    def tell(rounds: int) -> None:
        nonlocal told
        for _ in range(rounds):
            for customer in customers:
                world.publish(customer, told)
            told += 1

    with world.listening(), two_relays(world) as relays:
        for _ in range(4):
            tell(15)
            # The older of the two leads: it came first, or it waited for the one that was killed.
            killed = relays.pop(0)
            killed.kill()
            killed.wait()
            tell(15)
            eventually(lambda: world.unsent() == 0)
            relays.append(relay_process(world))
        eventually(lambda: world.count_notes() == told * len(customers))
    assert world.notes() == {customer: list(range(told)) for customer in customers}


@contextmanager
def two_relays(world: World) -> Iterator[list[subprocess.Popen[bytes]]]:
    """Relays as processes; the first leads when the second comes."""
    relays = [relay_process(world)]
    leads = "SELECT 1 FROM pg_locks JOIN pg_database d ON d.oid = database AND datname = current_database()"
    try:
        eventually(lambda: world.ask(world.shop, leads + " WHERE locktype = 'advisory' AND granted"))
        relays.append(relay_process(world))
        yield relays
    finally:
        for relay in relays:
            relay.kill()
            relay.wait()


def relay_process(world: World) -> subprocess.Popen[bytes]:
    """A relay of the shop's as a process of its own."""
    return subprocess.Popen([sys.executable, str(SCRIPTS / "relay.py"), world.shop], env=world.environment())


def test_what_a_dead_relay_had_claimed_goes_first_and_in_the_same_order(world: World) -> None:
    """The relay dies after the broker took its round and before it could note so; an older row turns up meanwhile."""
    world.publish("cus_1", 1, 2, 3)
    world.take_back("cus_1", 1)
    database = world.database(world.shop, "relay")
    with (
        database.engine.connect() as connection,
        open_topic_log(world.settings, topics_written_by(world.shop), threading.Event()) as topic_log,
    ):
        assert try_lock(connection)
        with connection.begin():
            rows = unsent_rows(connection, 500)
            partition = topic_log.partition_of(world.topic, "cus_1")
            mark(connection, [Mark(row, partition, None) for row in rows])
        topic_log.append([record_of(row, partition) for row in rows])
        connection.detach()
    world.put_forward("cus_1", 1)
    with world.relaying(), world.listening():
        eventually(lambda: world.count_notes() == 3)
    assert world.numbers_in_log() == [2, 3, 2, 3, 1]
    assert world.notes() == {"cus_1": [2, 3, 1]}


def test_publishing_does_not_need_the_broker(mortal_world: World, mortal_broker: Broker) -> None:
    with mortal_world.relaying(), mortal_world.listening():
        mortal_world.publish("cus_1", 0)
        eventually(lambda: mortal_world.count_notes() == 1)
        mortal_broker.stop()
        for number in range(1, 50):
            mortal_world.publish("cus_1", number)
        eventually(lambda: EVENTS_UNSENT.labels(mortal_world.shop)._value.get() >= 0)
        mortal_broker.start()
        eventually(lambda: mortal_world.count_notes() == 50)
    assert mortal_world.notes() == {"cus_1": list(range(50))}


def test_a_relay_without_a_broker_stops_when_told(mortal_world: World, mortal_broker: Broker) -> None:
    mortal_broker.kill()
    with mortal_world.relaying() as stop:
        mortal_world.publish("cus_1", 0)
        stop.wait(0.5)
        told = time.monotonic()
    assert time.monotonic() - told < 5, "two seconds, on a machine with nothing else to do"


def test_a_relay_that_slept_through_the_loss_of_its_lock_changes_nothing(world: World) -> None:
    """A stopped process keeps its lock until the server gives up on its connection; then another leads."""
    environment = world.environment()
    sleeper = subprocess.Popen([sys.executable, str(SCRIPTS / "relay.py"), world.shop], env=environment)
    try:
        world.publish("cus_1", *range(50))
        eventually(lambda: world.unsent() == 0)
        os.kill(sleeper.pid, signal.SIGSTOP)
        world.publish("cus_1", *range(50, 100))
        with world.relaying(), world.listening():
            with psycopg.connect(world.url(world.shop), autocommit=True) as admin:
                ended = admin.execute(
                    "SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory' AND granted"
                    " AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"
                ).fetchall()
            assert len(ended) == 1
            eventually(lambda: world.count_notes() == 100)
            os.kill(sleeper.pid, signal.SIGCONT)
            world.publish("cus_1", *range(100, 150))
            eventually(lambda: world.count_notes() == 150)
            eventually(lambda: world.unsent() == 0)
        assert world.notes() == {"cus_1": list(range(150))}
        assert {row[:2] for row in world.ask(world.shop, "SELECT sent_partition, sent_offset FROM outbox")} <= {
            row[:2] for row in world.positions_in_log()
        }
    finally:
        os.kill(sleeper.pid, signal.SIGCONT)
        sleeper.kill()
        sleeper.wait()
