from collections.abc import Iterator
from datetime import UTC, datetime
from threading import Event, Thread

import pytest
from sqlalchemy import text

from chassis.data.database import Database
from chassis.data.known_tenants import known_tenants, learn_tenant
from chassis.jobs import Job, run_for_all, run_jobs
from chassis.settings import Settings
from kernel.ids import TenantId
from tests.support.databases import FreshDatabases

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
ANA, BEN = TenantId("ten_ana"), TenantId("ten_ben")
HEAR = text("INSERT INTO inbox (tenant_id, event_id) VALUES (:tenant_id, 'evt_1') ON CONFLICT DO NOTHING")


@pytest.fixture
def database(settings: Settings) -> Iterator[Database]:
    """A service's database that knows two tenants."""
    fresh = FreshDatabases(settings)
    database = fresh("customers")
    with database.transaction() as db:
        for tenant_id in (BEN, ANA, ANA):
            learn_tenant(db, tenant_id, livemode=False, currency="SAR", time_zone="Asia/Riyadh")
        assert known_tenants(db) == [ANA, BEN]
    yield database
    fresh.drop()


def test_a_job_runs_for_every_tenant_in_its_own_transactions(database: Database) -> None:
    ran: list[tuple[TenantId, datetime]] = []

    def hear(database: Database, tenant_id: TenantId, at: datetime) -> int:
        ran.append((tenant_id, at))
        with database.transaction(tenant_id) as db:
            return int(db.execute(HEAR, {"tenant_id": tenant_id}).rowcount)  # type: ignore[attr-defined]

    job = Job("hear", 60, hear)
    assert run_for_all(database, job, NOON) == 2
    assert run_for_all(database, job, NOON) == 0, "what is done is not done again"
    assert ran == [(ANA, NOON), (BEN, NOON)] * 2


def test_one_tenants_failure_does_not_keep_the_others_waiting(database: Database) -> None:
    def fail(_database: Database, tenant_id: TenantId, _at: datetime) -> int:
        if tenant_id == ANA:
            raise RuntimeError
        return 1

    assert run_for_all(database, Job("fail", 60, fail), NOON) == 1


def test_jobs_come_round_until_told_to_stop(database: Database) -> None:
    stop = Event()
    often, once = Event(), Event()
    runs = {"often": 0, "once": 0}

    def count(name: str, seen: Event, times: int) -> Job:
        def run(_database: Database, _tenant_id: TenantId, _at: datetime) -> int:
            runs[name] += 1
            if runs[name] >= times:
                seen.set()
            return 0

        return Job(name, 0 if name == "often" else 3600, run)

    jobs = [count("often", often, 4), count("once", once, 2)]
    scheduler = Thread(target=run_jobs, args=(database, jobs, stop))
    scheduler.start()
    assert often.wait(30)
    stop.set()
    scheduler.join(10)
    assert not scheduler.is_alive()
    assert runs["once"] == 2, "once for each tenant, and not again within the hour"
