"""Each event has its effect once, whatever happens; one that cannot be handled harms nobody but its own customer."""

import random
import subprocess
import sys
import threading
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path

import psycopg
from sqlalchemy import text
from sqlalchemy.orm import Session

from chassis.events.dead_letters import keys_with_parked
from chassis.events.event_metrics import EVENTS_MISSED
from chassis.events.letters import Hearing, Listeners, Together, Told
from chassis.events.replay import Retried, replay, retry_dead_letters
from contracts.topics import dead_letter_topic
from kernel.clock import utc_now
from kernel.ids import TenantId, new_id
from tests.chassis.events.world import Noted, World, note
from tests.support.waiting import eventually

SCRIPTS = Path(__file__).parent / "scripts"


def test_an_event_that_arrives_again_and_again_has_one_effect(world: World) -> None:
    customers = [f"cus_{n}" for n in range(4)]
    with world.relaying():
        for customer in customers:
            world.publish(customer, *range(25))
        eventually(lambda: world.unsent() == 0)
    copies = [record for records in world.log_of(world.topic).values() for record in records]
    for _ in range(3):
        random.Random(7).shuffle(copies)
        world.send_raw(*[(copy.key, list(copy.headers), copy.value) for copy in copies])
    with world.listening():
        eventually(lambda: world.caught_up())
    assert world.notes() == {customer: list(range(25)) for customer in customers}


def test_a_consumer_killed_between_effect_and_commit_has_no_effect_twice(world: World) -> None:
    with world.relaying():
        for customer in ("cus_1", "cus_2", "cus_3"):
            world.publish(customer, *range(20))
        eventually(lambda: world.unsent() == 0)
    for _ in range(2):
        killed = subprocess.run(
            [sys.executable, str(SCRIPTS / "dying_desk.py"), world.desk, world.Noted.event_type],
            env=world.environment(),
            check=False,
        )
        assert killed.returncode == -9
    assert world.count_notes() == 60, "the effect was there before the kill"
    with world.listening():
        eventually(lambda: world.caught_up())
    assert world.notes() == {customer: list(range(20)) for customer in ("cus_1", "cus_2", "cus_3")}


def test_listeners_that_come_and_go_miss_nothing_and_repeat_nothing(world: World) -> None:
    customers = [f"cus_{n}" for n in range(8)]
    with world.relaying(), world.listening():
        for number in range(40):
            if number % 10 == 0:
                second = world.listening()
                second.__enter__()
            for customer in customers:
                world.publish(customer, number)
            if number % 10 == 5:
                second.__exit__(None, None, None)
        eventually(lambda: world.count_notes() >= 40 * 8)
    assert world.notes() == {customer: list(range(40)) for customer in customers}


def test_poison_is_parked_with_its_reason_and_its_neighbours_go_on(world: World) -> None:
    good = [f"cus_{n}" for n in range(6)]
    with world.relaying(), world.listening():
        for number in range(10):
            for customer in good:
                world.publish(customer, number)
            world.send_raw(*poisons(world, number))
            world.publish(f"cus_bad{number}", 1, trouble="it cannot be done")
        eventually(lambda: world.count_notes() == 60)
        eventually(lambda: len(world.parked()) == 10 * 8)
    assert world.notes() == {customer: list(range(10)) for customer in good}
    reasons = {reason for _key, reason, _attempts in world.parked()}
    assert {reason.partition(" at ")[0] for reason in reasons} == {
        "missing ce_specversion, ce_id, ce_source, ce_type, ce_time, ce_tenantid",
        "no value",
        "not JSON",
        "number: missing",
        "the event is not of the tenant and customer on its envelope",
        f"unknown version 9 of {world.shop}.noted.v9",
        "characters that no id has",
        "ArithmeticError",
    }


def poisons(world: World, number: int) -> list[tuple[bytes | None, list[tuple[str, bytes]], bytes | None]]:
    """One message of each kind that cannot be handled, all different from those of other numbers."""
    data = world.event("cus_0", number).model_dump_json().encode()

    def headers(**changes: bytes) -> list[tuple[str, bytes]]:
        given = {
            "ce_specversion": b"1.0",
            "ce_id": new_id("evt").encode(),
            "ce_source": b"/wafa/somewhere",
            "ce_type": world.Noted.event_type.encode(),
            "ce_time": b"2026-11-22T12:00:00Z",
            "ce_tenantid": world.tenant.encode(),
        }
        return list({**given, **changes}.items())

    key = f"cus_poison{number}".encode()
    return [
        (b"cus_0", [], f"{number}".encode()),
        (b"cus_0", headers(), None),
        (b"cus_0", headers(), b"{" + data),
        (key, headers(), b'{"tenant_id": "ten_1", "occurred_at": "2026-11-22T12:00:00Z"}'),
        (b"cus_0", headers(ce_tenantid=b"ten_other"), data),
        (key + b"v", headers(ce_type=f"{world.shop}.noted.v9".encode()), data),
        (b"cus_0", headers(ce_tenantid=b"ten_a,ten_b"), data),
    ]


def test_events_this_service_does_not_listen_to_are_let_pass(world: World) -> None:
    with world.relaying(), world.listening({world.Noted: note}):
        [(_key, headers, value)] = [poisons(world, 1)[2]]
        other = [
            (name, f"{world.shop}.unheard_of.v3".encode() if name == "ce_type" else held) for name, held in headers
        ]
        world.send_raw((b"cus_0", other, value))
        world.publish("cus_0", 1)
        # All of the log may be heard before the relay has brought what was published last.
        eventually(lambda: world.notes() == {"cus_0": [1]})
    assert world.parked() == []


def test_later_events_of_a_customer_wait_behind_its_dead_letter(world: World) -> None:
    with world.relaying():
        with world.listening():
            world.publish("cus_1", 1)
            world.publish("cus_1", 2, trouble="not yet")
            world.publish("cus_1", 3, 4)
            world.publish("cus_2", 1, 2)
            eventually(lambda: len(world.parked()) == 3)
        with world.listening():  # another process remembers it
            world.publish("cus_1", 5)
            world.publish("cus_2", 3)
            eventually(lambda: len(world.parked()) == 4 and len(world.notes()["cus_2"]) == 3)
        assert world.notes() == {"cus_1": [1], "cus_2": [1, 2, 3]}
        assert [attempts for _key, _reason, attempts in world.parked()] == [3, 0, 0, 0]

        desk = world.database(world.desk)
        assert retry_dead_letters(desk, world.listeners, world.tenant) == Retried(resolved=0, keys_still_parked=1)
        assert [attempts for _key, _reason, attempts in world.parked()] == [4, 0, 0, 0]
        assert retry_dead_letters(desk, {world.Noted: note_all}, world.tenant) == Retried(4, keys_still_parked=0)
        with world.listening():
            world.publish("cus_1", 6)
            eventually(lambda: len(world.notes()["cus_1"]) == 6)
    assert world.notes()["cus_1"] == [1, 2, 3, 4, 5, 6]


def note_all(db: Session, event: Noted, hearing: Hearing) -> None:
    """The listener, mended."""
    note(db, event.model_copy(update={"trouble": None}), hearing)


def test_a_dead_letter_is_told_on_its_topic_with_everything_that_came(world: World) -> None:
    with world.relaying(), world.listening():
        world.publish("cus_1", 2, trouble="never")
        eventually(lambda: len(world.parked()) == 1)
    told = world.ask(world.desk, "SELECT topic, key, type, data::json ->> 'reason' FROM outbox")
    [(topic, key, type_, reason)] = told
    assert (topic, key, type_) == (dead_letter_topic(world.desk), "cus_1", f"{world.desk}.dead_letter_parked.v1")
    assert reason.startswith("ArithmeticError at world.py:")
    [(headers, body)] = world.ask(world.desk, "SELECT headers, body FROM dead_letters")
    [record] = [record for records in world.log_of(world.topic).values() for record in records]
    assert bytes(body) == record.value
    assert "ce_tenantid" in headers


def test_a_message_of_nobody_is_heard_once_it_can_be_read(world: World) -> None:
    """It was sent before this version of the desk knew how to read it."""
    with world.relaying(), world.listening():
        world.publish("cus_1", 1)
        eventually(lambda: world.caught_up())
    world.change(world.desk, "TRUNCATE notes, inbox")
    world.change(
        world.desk,
        "INSERT INTO dead_letters (tenant_id, event_id, topic, key, reason, attempts, headers, body)"
        " VALUES ('-', 'raw_1', %(topic)s, 'raw_1', 'no value', 1, %(headers)s, %(body)s)",
        topic=world.topic,
        **world.as_parked(),
    )
    retried = retry_dead_letters(world.database(world.desk), world.listeners, "-")
    assert retried == Retried(resolved=1, keys_still_parked=0)
    assert world.notes() == {"cus_1": [1]}


def test_a_database_that_goes_away_makes_no_dead_letters(world: World) -> None:
    with world.relaying(), world.listening():
        for number in range(40):
            world.publish("cus_1", number)
            if number % 8 == 0:
                with psycopg.connect(world.url(world.desk), autocommit=True) as admin:
                    admin.execute(
                        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                        " WHERE datname = current_database() AND usename = 'wafa_app'"
                    )
        eventually(lambda: world.count_notes() == 40)
    assert world.notes() == {"cus_1": list(range(40))}
    assert world.parked() == []


def test_a_listener_sees_the_rows_of_its_own_tenant_only(world: World) -> None:
    seen: set[tuple[str, str]] = set()

    def look(db: Session, event: Noted, _hearing: Hearing) -> None:
        seen.add((event.tenant_id, db.execute(text("SELECT current_setting('wafa.tenants')")).scalar_one()))

    tenants = {world.tenant}
    with world.relaying():
        for _ in range(4):
            world.publish("cus_1", 1)
            world.tenant = new_id("ten")
            tenants.add(world.tenant)
        world.publish("cus_1", 1)
        eventually(lambda: world.unsent() == 0)
    with world.listening({world.Noted: look}):
        eventually(lambda: len(seen) == 5)
    assert seen == {(tenant, tenant) for tenant in tenants}


def test_a_stopped_listener_waits_for_no_database(world: World) -> None:
    """It is told to stop while its database does not let it in."""
    failing = threading.Event()

    def fail(db: Session, _event: Noted, _hearing: Hearing) -> None:
        failing.set()
        db.execute(text("SELECT pg_terminate_backend(pg_backend_pid())"))

    with world.relaying(), world.listening({world.Noted: fail}):
        world.publish("cus_1", 1)
        assert failing.wait(20)
    with world.database(world.desk).transaction(world.tenant) as db:
        assert keys_with_parked(db, world.tenant) == []


def test_events_that_expire_unheard_are_counted(world: World) -> None:
    with world.relaying():
        with world.listening():
            world.publish("cus_1", *range(5))
            eventually(lambda: world.caught_up())
        world.publish("cus_1", *range(5, 20))
        eventually(lambda: world.unsent() == 0)
        world.delete_records_below("cus_1", 12)
        with world.listening():
            eventually(lambda: world.caught_up())
    assert world.notes() == {"cus_1": [0, 1, 2, 3, 4, *range(12, 20)]}
    assert EVENTS_MISSED.labels(world.desk)._value.get() == 7


class NotesTogether:
    """The desk, when it notes many at once; it remembers how many, and of whom."""

    def __init__(self) -> None:
        self.handed: list[tuple[str, int]] = []
        self.listener = Together(self.note)

    def note(self, db: Session, told: Sequence[Told]) -> None:
        tenants = {one.event.tenant_id for one in told}
        assert tenants == {db.execute(text("SELECT current_setting('wafa.tenants')")).scalar_one()}
        self.handed.append((min(tenants), len(told)))
        for event, hearing in told:
            note(db, event, hearing)


def hear_archive(world: World, listeners: Listeners) -> None:
    """Let the desk hear all that the shop published, without a broker."""
    archive, desk = world.database(world.shop, "relay"), world.database(world.desk)
    hour = timedelta(hours=1)
    replay(archive, desk, listeners, since=utc_now() - hour, until=utc_now() + hour, stop=threading.Event())


def test_a_listener_may_take_a_tenants_events_together(offline_world: World) -> None:
    world, desk = offline_world, NotesTogether()
    tenants = [world.tenant, new_id("ten")]
    for number in range(6):
        world.tenant = TenantId(tenants[number % 2])
        for customer in ("cus_1", "cus_2"):
            world.publish(f"{customer}_{number % 2}", *range(10 * number, 10 * number + 10))
    for _ in range(2):
        hear_archive(world, {world.Noted: desk.listener})
    assert sorted(desk.handed) == sorted((tenant, 60) for tenant in tenants), "each tenant's, once"
    numbers = [[number for number in range(60) if number // 10 % 2 == of] for of in (0, 1)]
    assert world.notes() == {f"cus_{n}_{of}": numbers[of] for n in (1, 2) for of in (0, 1)}


def test_one_that_fails_is_found_among_many_and_its_neighbours_go_on(offline_world: World) -> None:
    world, desk = offline_world, NotesTogether()
    good = [f"cus_{n}" for n in range(10)]
    for number in range(40):
        for customer in good:
            world.publish(customer, number)
        if number in (11, 30):
            world.publish("cus_bad", number, trouble="it cannot be done")
        if number in (5, 20):
            world.publish("cus_bad", number)
    hear_archive(world, {world.Noted: desk.listener})
    assert world.notes() == {**{customer: list(range(40)) for customer in good}, "cus_bad": [5]}
    assert [(key, attempts) for key, _reason, attempts in world.parked()] == [("cus_bad", n) for n in (3, 0, 0)]
    assert len(desk.handed) < 50, "404 events were not taken one by one"
    assert retry_dead_letters(world.database(world.desk), {world.Noted: note_all}, world.tenant) == Retried(3, 0)
    assert world.notes()["cus_bad"] == [5, 11, 20, 30]
