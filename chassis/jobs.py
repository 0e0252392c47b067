"""Work by the clock: each job runs once per tenant and business day, however many schedulers there are."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from threading import Event
from zoneinfo import ZoneInfo

from sqlalchemy import text
from sqlalchemy.orm import Session

from chassis.database import Database
from chassis.logging import log
from kernel.clock import utc_now
from kernel.ids import TenantId

LOOK_SECONDS = 30.0
TENANTS = text("SELECT id, time_zone FROM known_tenants ORDER BY id")
DONE = text("SELECT 1 FROM job_runs WHERE tenant_id = :tenant_id AND job = :job AND business_date = :day")
# Two schedulers that are here at once queue on this lock; the second then finds the day done.
TAKE = text("SELECT pg_advisory_xact_lock(hashtextextended(:tenant_id || ' ' || :job, 0))")
RECORD = text("""
    INSERT INTO job_runs (tenant_id, job, business_date, finished_at, result)
    VALUES (:tenant_id, :job, :day, :at, :result)
""")


@dataclass(frozen=True, slots=True)
class DailyJob:
    """Work for one tenant, due each day at `hour` o'clock in the tenant's zone. Returns what it did, in words."""

    name: str
    hour: int
    run: Callable[[Session, TenantId, datetime], str]


def run_jobs(database: Database, jobs: Sequence[DailyJob], stop: Event) -> None:
    """Look every half minute for jobs that are due, until told to stop. A failed job is tried again next time."""
    while not stop.is_set():
        try:
            run_due_jobs(database, jobs, utc_now())
        except Exception:  # noqa: BLE001 - the scheduler outlives whatever its jobs meet
            log.exception("jobs could not be looked through")
        stop.wait(LOOK_SECONDS)


def run_due_jobs(database: Database, jobs: Sequence[DailyJob], at: datetime) -> int:
    """Run what is due at that moment and was not run yet; returns how many ran."""
    with database.transaction() as db:
        tenants = [(TenantId(row.id), ZoneInfo(row.time_zone)) for row in db.execute(TENANTS)]
    return sum(run_once(database, job, tenant, at, zone) for tenant, zone in tenants for job in jobs)


def run_once(database: Database, job: DailyJob, tenant_id: TenantId, at: datetime, zone: ZoneInfo) -> bool:
    """Run one job for one tenant unless it is done or not yet due. Run and record are one transaction."""
    local = at.astimezone(zone)
    if local.hour < job.hour:
        return False
    run = {"tenant_id": tenant_id, "job": job.name, "day": local.date()}
    try:
        with database.transaction(tenant_id) as db:
            if db.execute(DONE, run).first():
                return False
            db.execute(TAKE, {"tenant_id": tenant_id, "job": job.name})
            if db.execute(DONE, run).first():
                return False
            result = job.run(db, tenant_id, at)
            db.execute(RECORD, {**run, "at": at, "result": result})
    except Exception:  # noqa: BLE001 - one tenant's failing job must not stop the others'
        log.exception("job failed", job=job.name, tenant_id=tenant_id)
        return False
    log.info("job done", job=job.name, tenant_id=tenant_id, result=result)
    return True
