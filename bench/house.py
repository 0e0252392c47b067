"""The system under test: PostgreSQL, loyalty and the gateway as the processes users run, in a folder of their own."""

import os
import secrets
import shutil
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from chassis.data.database import Database
from chassis.settings import Settings
from cli.embedded_broker import broker_command
from cli.embedded_postgres import Postgres, prepare_postgres
from cli.environment import SECRETS, WITH_API, admin_environment, shared_environment
from cli.home import Home
from cli.migrate import migrate_all
from cli.ports import PREFERRED, any_free_port, listens
from contracts.scopes import SCOPES
from gateway.operations.create_api_key import create_api_key
from gateway.operations.create_tenant import create_tenant
from kernel.clock import utc_now
from kernel.ids import TenantId

START_SECONDS_MAX = 120.0
STOP_SECONDS_MAX = 20.0


@dataclass(frozen=True)
class House:
    """What runs, and how to reach it."""

    home: Home
    settings: Settings
    postgres: Postgres
    ports: Mapping[str, int]
    processes: Mapping[str, int]
    tenant_id: TenantId
    api_key: str


@contextmanager
def open_house(
    *, broker: bool = False, together: bool = False, more_of_postgres: tuple[str, ...] = ()
) -> Iterator[House]:
    """Start everything that a purchase passes through, and leave nothing behind. No workers: nobody else uses the CPU.

    The data lies on the disk of /var/tmp, because what is kept in memory would make every commit look free.
    `together` starts, beside these, all applications in one process, on ports of its own. `more_of_postgres` are
    options of the server, beside the embedded run's own.
    """
    with ExitStack() as open_things:
        folder = Path(tempfile.mkdtemp(prefix="wafa-bench-", dir="/var/tmp"))
        open_things.callback(shutil.rmtree, folder, ignore_errors=True)
        home = Home(folder)
        home.create()
        passwords = {name: secrets.token_urlsafe(16) for name in SECRETS}
        ports = {name: any_free_port() for name in PREFERRED}
        postgres = prepare_postgres(home, passwords["admin_password"])
        environment = shared_environment(ports, passwords) | admin_environment(ports, passwords)
        os.environ.update(environment | {"WAFA_LOG_LEVEL": "WARNING"})
        settings = Settings()
        database = (*postgres.command(ports["postgres"]), *more_of_postgres)
        processes = {"postgres": open_things.enter_context(running(database, home, postgres))}
        wait_for_postgres(postgres, ports["postgres"])
        if broker:
            processes["broker"] = open_things.enter_context(running(broker_command(home, ports["broker"]), home))
            until(lambda: listens(processes["broker"], ports["broker"]), "the broker")
        migrate_all(settings, lambda _said: None)
        tenant_id, api_key = make_tenant(settings)
        for name, module in (("loyalty", "services.loyalty.app"), ("gateway", "gateway.app")):
            command = (sys.executable, "-m", module)
            processes[name] = open_things.enter_context(running(command, home, port=ports[name]))
            wait_for(f"http://127.0.0.1:{ports[name]}/livez")
        if together:
            processes["together"] = open_things.enter_context(all_in_one(home, ports, passwords))
        yield House(home, settings, postgres, ports, processes, tenant_id, api_key)


@contextmanager
def all_in_one(home: Home, ports: dict[str, int], passwords: Mapping[str, str]) -> Iterator[int]:
    """The gateway with the services mounted in it, for the block, on a port that is noted under `together`."""
    own = ports | {name: any_free_port() for name in WITH_API}
    ports["together"] = own["gateway"]
    command = (sys.executable, "-m", "cli.together")
    with running(command, home, port=own["gateway"], more=shared_environment(own, passwords)) as pid:
        wait_for(f"http://127.0.0.1:{own['gateway']}/livez")
        yield pid


@contextmanager
def at_work(house: House, *services: str) -> Iterator[None]:
    """The workers of these services for the block."""
    with ExitStack() as workers:
        for service in services:
            command = (sys.executable, "-m", f"services.{service}.worker")
            port = house.ports[f"{service}-worker"]
            workers.enter_context(running(command, house.home, port=port))
            wait_for(f"http://127.0.0.1:{port}/livez")
        yield


@contextmanager
def running(
    command: tuple[str, ...],
    home: Home,
    postgres: Postgres | None = None,
    port: int | None = None,
    more: Mapping[str, str] | None = None,
) -> Iterator[int]:
    """A process for the block, its output in the home's logs, told `more` than others; yields its id."""
    account = postgres.account if postgres else None
    name = "postgres" if postgres else command[-1].rpartition("/")[2]
    environment = os.environ | (more or {}) | ({"WAFA_PORT": str(port)} if port else {})
    with (home.logs / f"{name}.log").open("wb") as log:
        process = subprocess.Popen(
            command,
            stdout=log,
            stderr=log,
            env=environment,
            user=account.uid if account else None,
            group=account.gid if account else None,
            extra_groups=[] if account else None,
        )
    try:
        yield process.pid
    finally:
        process.send_signal(2 if postgres else 15)
        process.wait(STOP_SECONDS_MAX)


def wait_for_postgres(postgres: Postgres, port: int) -> None:
    """Until the server takes connections."""
    until(lambda: subprocess.run(postgres.asks_whether_ready(port), check=False).returncode == 0, "PostgreSQL")


def wait_for(url: str) -> None:
    """Until the address answers 200."""
    until(lambda: answers(url), url)


def answers(url: str) -> bool:
    """Whether the address answers 200 now."""
    try:
        with urllib.request.urlopen(url, timeout=2) as answer:
            return bool(answer.status == 200)
    except (urllib.error.URLError, ConnectionError, TimeoutError):
        return False


def until(is_ready: Callable[[], bool], what: str) -> None:
    """Ask again and again. Raises TimeoutError."""
    deadline = time.monotonic() + START_SECONDS_MAX
    while not is_ready():
        if time.monotonic() > deadline:
            raise TimeoutError(f"{what} does not answer")
        time.sleep(0.05)


def make_tenant(settings: Settings) -> tuple[TenantId, str]:
    """A tenant, and a key that may do everything."""
    database = Database(settings, "gateway", pool_size=1)
    at = utc_now()
    with database.transaction() as db:
        tenant = create_tenant(db, name="Bench", livemode=False, currency="SAR", time_zone="Asia/Riyadh", at=at)
        _, key = create_api_key(db, tenant_id=TenantId(tenant.tenant_id), scopes=SCOPES, name="bench", at=at)
        made = TenantId(tenant.tenant_id), key
    database.dispose()
    return made
