"""A service's other process: it relays what happened, hears what others tell, and does the work of the clock."""

import asyncio
import signal
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from threading import Event, Thread

import anyio.to_thread
import uvicorn
from sqlalchemy.orm import Session
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from chassis.data.database import Database
from chassis.data.known_tenants import learn_tenant
from chassis.events.letters import Hearing, Listeners
from chassis.events.listening import listen
from chassis.events.relay import run_relay
from chassis.jobs import Job, run_jobs
from chassis.logging import configure_logging, log
from chassis.settings import Settings
from chassis.upkeep import UPKEEP
from chassis.web.app import health_routes, is_migrated
from contracts.events.access import TenantCreated

RESTART_SECONDS = 1.0
STOP_SECONDS = 8.0


@dataclass(frozen=True)
class Work:
    """What one service's worker does: relay, listeners, jobs and the service's own tasks, each in a thread.

    A task is called with the event that tells it to stop. One that fails is logged and started again.
    """

    settings: Settings
    service: str
    listeners: Listeners
    jobs: Sequence[Job] = ()
    tasks: Sequence[Callable[[Event], None]] = ()


def run_worker(work: Work) -> None:
    """Do one service's work, in a process of its own, until SIGTERM or SIGINT."""
    run_workers(f"{work.service}-worker", work.settings, [work])


def run_workers(process: str, settings: Settings, works: Sequence[Work]) -> None:
    """Do the work of these services in one process, whose settings say where it tells of its health."""
    configure_logging(settings.log_level, process)
    stop = Event()
    for signum in (signal.SIGTERM, signal.SIGINT):
        signal.signal(signum, lambda *_: stop.set())
    workers = [Worker(work, stop) for work in works]
    server = health_server(settings, [worker.database for worker in workers])
    Thread(target=server.run, daemon=True).start()
    for work in works:
        log.info("working", service=work.service)
    stop.wait()
    for worker in workers:
        worker.end()
    server.should_exit = True
    log.info("stopped")


class Worker:
    """One service's threads and connections."""

    def __init__(self, work: Work, stop: Event) -> None:
        service = work.service
        self.database = Database(work.settings, service)
        self._mailroom = Database(work.settings, service, "relay", pool_size=2)
        heard: Listeners = {TenantCreated: on_tenant_created, **work.listeners}
        self._threads = [
            start(f"{service}-relay", lambda: run_relay(self._mailroom, stop), stop),
            start(f"{service}-listener", lambda: listen(self.database, heard, stop), stop),
            start(f"{service}-jobs", lambda: run_jobs(self.database, work.jobs, stop), stop),
            # Beside the jobs, which need not wait for a long clearing.
            start(f"{service}-upkeep", lambda: run_jobs(self.database, UPKEEP, stop), stop),
            *(start(task.__name__, partial(task, stop), stop) for task in work.tasks),
        ]

    def end(self) -> None:
        """Once told to stop: wait for the threads, then close the connections."""
        for thread in self._threads:
            thread.join(STOP_SECONDS)
        self.database.dispose()
        self._mailroom.dispose()


def on_tenant_created(db: Session, event: TenantCreated, _hearing: Hearing) -> None:
    """Every service keeps the list of tenants that its jobs go through."""
    learn_tenant(db, event.tenant_id, livemode=event.livemode, currency=event.currency, time_zone=event.time_zone)


def start(name: str, run: Callable[[], None], stop: Event) -> Thread:
    """Run in a thread, again and again until told to stop."""

    def keep_running() -> None:
        while not stop.is_set():
            try:
                run()
            except Exception:  # noqa: BLE001 - what failed is logged and tried again
                log.exception("task failed", task=name)
                stop.wait(RESTART_SECONDS)

    thread = Thread(target=keep_running, name=name, daemon=True)
    thread.start()
    return thread


def health_server(settings: Settings, databases: Sequence[Database]) -> uvicorn.Server:
    """A small server for `/livez`, `/readyz`, `/metrics` and `/version`."""

    async def readyz(_request: Request) -> JSONResponse:
        found = await asyncio.gather(*(anyio.to_thread.run_sync(is_migrated, database) for database in databases))
        return JSONResponse({"status": "ready" if all(found) else "not ready"}, 200 if all(found) else 503)

    # Before the route of the same name, which knows one database.
    app = Starlette(routes=[Route("/readyz", readyz), *health_routes()])
    config = uvicorn.Config(app, settings.host, settings.port, log_config=None, access_log=False, server_header=False)
    server = uvicorn.Server(config)
    # The worker handles signals itself; the server's thread cannot.
    server.install_signal_handlers = lambda: None  # type: ignore[attr-defined]
    return server
