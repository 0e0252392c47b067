"""Work by the clock, tenant by tenant. A job may run twice, or on two machines at once: it does what is due, once."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from threading import Event
from time import monotonic

from chassis.data.database import Database
from chassis.data.known_tenants import known_tenants
from chassis.logging import log
from kernel.clock import utc_now
from kernel.ids import TenantId

LOOK_SECONDS = 1.0


@dataclass(frozen=True, slots=True)
class Job:
    """Work for one tenant, every so many seconds. `run` opens its own transactions and returns how much it did."""

    name: str
    every_seconds: float
    run: Callable[[Database, TenantId, datetime], int]


def run_jobs(database: Database, jobs: Sequence[Job], stop: Event) -> None:
    """Run each job when its time has come, for every tenant, until told to stop."""
    due = {job.name: 0.0 for job in jobs}
    while not stop.is_set():
        for job in jobs:
            if monotonic() >= due[job.name]:
                run_for_all(database, job, utc_now())
                due[job.name] = monotonic() + job.every_seconds
        stop.wait(LOOK_SECONDS)


def run_for_all(database: Database, job: Job, at: datetime) -> int:
    """Run a job for every tenant; one tenant's failure is logged and does not keep the others waiting."""
    with database.transaction() as db:
        tenants = known_tenants(db)
    return sum(run_for_one(database, job, tenant_id, at) for tenant_id in tenants)


def run_for_one(database: Database, job: Job, tenant_id: TenantId, at: datetime) -> int:
    """Run a job for one tenant; returns how much it did."""
    try:
        done = job.run(database, tenant_id, at)
    except Exception:  # noqa: BLE001 - what failed is looked for again next time
        log.exception("job failed", job=job.name, tenant_id=tenant_id)
        return 0
    if done:
        log.info("job done", job=job.name, tenant_id=tenant_id, done=done)
    return done
