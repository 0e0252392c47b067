"""What is old goes, what is young stays, and nothing is done twice because of it."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import timedelta
from threading import Event

import pytest
from sqlalchemy import text

from chassis import worker
from chassis.data.database import Database
from chassis.events import inbox
from chassis.events.inbox import forget_heard, remember_heard
from chassis.events.kafka import RETENTION_MS
from chassis.events.relay import ARCHIVE_DAYS
from chassis.jobs import Job
from chassis.settings import Settings
from chassis.upkeep import HEARD_KEPT, KEYS_KEPT, UPKEEP, forget_old_events, forget_old_keys
from chassis.web import idempotency
from chassis.web.idempotency import FIRST, Claim, Reply, claim_key, fingerprint, forget_keys, keep_reply
from chassis.web.openapi import KEY_DESCRIPTION
from chassis.worker import Work, Worker
from kernel.clock import utc_now
from kernel.ids import TenantId

REPLY = Reply(201, '{"id":"cus_1"}')
MINUTE = timedelta(minutes=1)


@pytest.fixture(autouse=True)
def small_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    """So that a handful of rows is several batches."""
    monkeypatch.setattr(inbox, "FORGET_ROWS", 2)
    monkeypatch.setattr(idempotency, "FORGET_ROWS", 2)


def claim(tenant_id: TenantId, key: str) -> Claim:
    return Claim(tenant_id, "POST /v1/customers", key, fingerprint(b"{}"))


def use_keys(database: Database, tenant_id: TenantId, *keys: str, age: timedelta) -> None:
    """Keys with kept replies, used so long ago."""
    with database.transaction(tenant_id) as db:
        for key in keys:
            assert claim_key(db, claim(tenant_id, key)) is None
            keep_reply(db, claim(tenant_id, key), REPLY)
        aged = text("UPDATE idempotency_keys SET created_at = :at WHERE key = ANY (:keys)")
        db.execute(aged, {"at": utc_now() - age, "keys": list(keys)})


def hear(database: Database, tenant_id: TenantId, *event_ids: str, age: timedelta) -> None:
    """Events that were heard so long ago."""
    insert = text("INSERT INTO inbox (tenant_id, event_id, heard_at) VALUES (:tenant_id, :event_id, :at)")
    with database.transaction(tenant_id) as db:
        for event_id in event_ids:
            db.execute(insert, {"tenant_id": tenant_id, "event_id": event_id, "at": utc_now() - age})


def kept_keys(database: Database, tenant_id: TenantId) -> list[str]:
    with database.transaction(tenant_id) as db:
        return list(db.execute(text("SELECT key FROM idempotency_keys ORDER BY key")).scalars())


def kept_events(database: Database, tenant_id: TenantId) -> list[str]:
    with database.transaction(tenant_id) as db:
        return list(db.execute(text("SELECT event_id FROM inbox ORDER BY event_id")).scalars())


def test_an_inbox_remembers_longer_than_anything_comes_again() -> None:
    topic = timedelta(milliseconds=RETENTION_MS)
    # A topic keeps a record until its segment is over, which is as long again.
    assert timedelta(days=ARCHIVE_DAYS) + 2 * topic < HEARD_KEPT


def test_the_api_says_how_long_a_key_is_good() -> None:
    assert f"for {KEYS_KEPT // timedelta(hours=1)} hours." in KEY_DESCRIPTION


def test_old_keys_go_and_young_ones_still_replay(
    mailroom: Database, tenant_id: TenantId, other_tenant_id: TenantId
) -> None:
    use_keys(mailroom, tenant_id, "a", "c", "e", "f", "g", age=KEYS_KEPT + MINUTE)
    use_keys(mailroom, tenant_id, "b", "d", "h", age=KEYS_KEPT - MINUTE)
    use_keys(mailroom, other_tenant_id, "a", age=KEYS_KEPT + MINUTE)
    assert forget_old_keys(mailroom, tenant_id, utc_now()) == 5
    assert kept_keys(mailroom, tenant_id) == ["b", "d", "h"]
    assert kept_keys(mailroom, other_tenant_id) == ["a"]
    with mailroom.transaction(tenant_id) as db:
        assert claim_key(db, claim(tenant_id, "d")) == REPLY
        assert claim_key(db, claim(tenant_id, "c")) is None, "a forgotten key is a new one"
    assert forget_old_keys(mailroom, tenant_id, utc_now()) == 0


def test_old_events_go_and_young_ones_are_still_known(
    mailroom: Database, tenant_id: TenantId, other_tenant_id: TenantId
) -> None:
    hear(mailroom, tenant_id, "evt_1", "evt_2", "evt_4", "evt_5", "evt_6", age=HEARD_KEPT + MINUTE)
    hear(mailroom, tenant_id, "evt_3", "evt_7", age=HEARD_KEPT - MINUTE)
    hear(mailroom, other_tenant_id, "evt_1", age=HEARD_KEPT + MINUTE)
    assert forget_old_events(mailroom, tenant_id, utc_now()) == 5
    assert kept_events(mailroom, tenant_id) == ["evt_3", "evt_7"]
    assert kept_events(mailroom, other_tenant_id) == ["evt_1"]
    with mailroom.transaction(tenant_id) as db:
        assert remember_heard(db, [(tenant_id, "evt_3")]) == set()


def test_two_workers_at_once_forget_everything_once(mailroom: Database, tenant_id: TenantId) -> None:
    use_keys(mailroom, tenant_id, *(f"key-{n}" for n in range(40)), age=KEYS_KEPT + MINUTE)
    hear(mailroom, tenant_id, *(f"evt_{n}" for n in range(40)), age=HEARD_KEPT + MINUTE)
    at = utc_now()
    with ThreadPoolExecutor(4) as pool:
        keys = [pool.submit(forget_old_keys, mailroom, tenant_id, at) for _ in range(2)]
        events = [pool.submit(forget_old_events, mailroom, tenant_id, at) for _ in range(2)]
        assert sum(job.result() for job in keys) == 40
        assert sum(job.result() for job in events) == 40
    assert kept_keys(mailroom, tenant_id) == kept_events(mailroom, tenant_id) == []


def test_a_key_in_use_is_passed_over(mailroom: Database, tenant_id: TenantId) -> None:
    use_keys(mailroom, tenant_id, "a", "b", age=KEYS_KEPT + MINUTE)
    with mailroom.transaction(tenant_id) as db:
        db.execute(text("SELECT 1 FROM idempotency_keys WHERE key = 'a' FOR UPDATE"))
        assert forget_old_keys(mailroom, tenant_id, utc_now()) == 1
    assert kept_keys(mailroom, tenant_id) == ["a"]


def test_a_worker_that_dies_leaves_the_rest_to_the_next(mailroom: Database, tenant_id: TenantId) -> None:
    use_keys(mailroom, tenant_id, "a", "b", "c", "d", "e", age=KEYS_KEPT + MINUTE)
    hear(mailroom, tenant_id, "evt_1", "evt_2", "evt_3", age=HEARD_KEPT + MINUTE)
    at = utc_now()
    with mailroom.transaction(tenant_id) as db:
        assert forget_keys(db, tenant_id, at - KEYS_KEPT, FIRST) == (2, ("POST /v1/customers", "b"))
    with suppress(RuntimeError), mailroom.transaction(tenant_id) as db:
        forget_keys(db, tenant_id, at - KEYS_KEPT, FIRST)
        forget_heard(db, tenant_id, at - HEARD_KEPT)
        raise RuntimeError
    assert kept_keys(mailroom, tenant_id) == ["c", "d", "e"]
    assert kept_events(mailroom, tenant_id) == ["evt_1", "evt_2", "evt_3"]
    assert forget_old_keys(mailroom, tenant_id, at) == 3
    assert forget_old_events(mailroom, tenant_id, at) == 3


def test_every_worker_does_it(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    ran: list[Sequence[Job]] = []

    def start(name: str, run: Callable[[], None], _stop: Event) -> None:
        if name.endswith(("-jobs", "-upkeep")):
            run()

    monkeypatch.setattr(worker, "start", start)
    monkeypatch.setattr(worker, "run_jobs", lambda _database, jobs, _stop: ran.append(jobs))
    Worker(Work(settings, "customers", {}), Event())
    assert ran == [(), UPKEEP]
