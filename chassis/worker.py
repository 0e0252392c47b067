"""A service's other process: it relays what happened, hears what others tell, and does the work of the clock."""

import signal
from collections.abc import Callable, Sequence
from functools import partial
from threading import Event, Thread

import uvicorn
from sqlalchemy.orm import Session
from starlette.applications import Starlette

from chassis.data.database import Database
from chassis.data.known_tenants import learn_tenant
from chassis.events.letters import Hearing, Listeners
from chassis.events.listening import listen
from chassis.events.relay import run_relay
from chassis.jobs import Job, run_jobs
from chassis.logging import configure_logging, log
from chassis.settings import Settings
from chassis.web.app import health_routes
from contracts.events.access import TenantCreated

RESTART_SECONDS = 1.0
STOP_SECONDS = 8.0


def run_worker(
    settings: Settings,
    service: str,
    listeners: Listeners,
    jobs: Sequence[Job] = (),
    tasks: Sequence[Callable[[Event], None]] = (),
) -> None:
    """Run relay, listeners, jobs and the service's own tasks, each in a thread, until SIGTERM or SIGINT.

    A task is called with the event that tells it to stop. One that fails is logged and started again.
    """
    configure_logging(settings.log_level, f"{service}-worker")
    stop = Event()
    for signum in (signal.SIGTERM, signal.SIGINT):
        signal.signal(signum, lambda *_: stop.set())
    database = Database(settings, service)
    mailroom = Database(settings, service, "relay", pool_size=2)
    heard: Listeners = {TenantCreated: on_tenant_created, **listeners}
    threads = [
        start(f"{service}-relay", lambda: run_relay(mailroom, stop), stop),
        start(f"{service}-listener", lambda: listen(database, heard, stop), stop),
        start(f"{service}-jobs", lambda: run_jobs(database, jobs, stop), stop),
        *(start(task.__name__, partial(task, stop), stop) for task in tasks),
    ]
    server = health_server(settings, database)
    Thread(target=server.run, daemon=True).start()
    log.info("working", service=service)
    stop.wait()
    for thread in threads:
        thread.join(STOP_SECONDS)
    server.should_exit = True
    database.dispose()
    mailroom.dispose()
    log.info("stopped", service=service)


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


def health_server(settings: Settings, database: Database) -> uvicorn.Server:
    """A small server for `/livez`, `/readyz`, `/metrics` and `/version`."""

    app = Starlette(routes=health_routes())
    app.state.database = database
    config = uvicorn.Config(app, settings.host, settings.port, log_config=None, access_log=False, server_header=False)
    server = uvicorn.Server(config)
    # The worker handles signals itself; the server's thread cannot.
    server.install_signal_handlers = lambda: None  # type: ignore[attr-defined]
    return server
