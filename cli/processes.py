"""What an embedded run consists of: the table of its processes, in the order they start."""

import signal
import sys
from collections.abc import Iterable

from cli.embedded_broker import broker_command
from cli.embedded_postgres import Postgres
from cli.environment import admin_environment, shared_environment
from cli.home import Home
from cli.ports import Ports
from cli.process import Process
from cli.readiness import Answers, Connects, Succeeds

# What all our processes load. Loading it, or one of our programs, may start no thread and open no connection.
SHARED_MODULES = (
    "chassis.web.app",
    "chassis.web.internal_client",
    "chassis.web.serving",
    "chassis.worker",
    "email_validator",
    "sqlalchemy.dialects.postgresql.psycopg",
    "uvicorn.lifespan.on",
    "uvicorn.loops.uvloop",
    "uvicorn.protocols.http.httptools_impl",
)
SERVICES = ("customers", "loyalty", "notifications", "retention")


def table(
    home: Home, ports: Ports, secrets: dict[str, str], postgres: Postgres, *, together: bool = False
) -> list[Process]:
    """All processes of a run on this home; `together` has two of ours instead of ten."""
    shared = {"WAFA_HOME": str(home.path), **shared_environment(ports, secrets)}
    ours = (two_of_ours if together else ten_of_ours)(ports, shared)
    return [
        postgres_process(postgres, ports["postgres"], small=together),
        broker_process(home, ports["broker"]),
        Process(
            name="mailbox",
            command=(sys.executable, "-m", "cli.mailbox", str(home.mail), str(ports["mailbox"])),
            port=ports["mailbox"],
            readiness=Connects(ports["mailbox"]),
            forked=True,
        ),
        Process(
            name="prepare",
            command=(sys.executable, "-m", "cli.prepare"),
            environment=shared | admin_environment(ports, secrets),
            after=("postgres",),
            forked=True,
        ),
        *ours,
        Process(
            name="first-shop",
            command=(sys.executable, "-m", "cli.first_shop"),
            environment=shared,
            after=(ours[-1].name,),
            forked=True,
        ),
    ]


def shared_modules(processes: Iterable[Process]) -> list[str]:
    """What the nursery loads before it forks: what all of ours load, and the programs of those that stay.

    An app and its worker have most of their code in common.
    """
    return [*SHARED_MODULES, *(process.command[2] for process in processes if process.forked and process.readiness)]


def ten_of_ours(ports: Ports, shared: dict[str, str]) -> list[Process]:
    """Each app and each worker by itself, the gateway last."""

    def of_ours(package: str, name: str, *after: str) -> Process:
        room = "worker" if name.endswith("-worker") else "app"
        return answering(name, f"{package}.{room}", ports[name], shared, after=("prepare", "broker", *after))

    return [
        *(of_ours(f"services.{name}", name) for name in SERVICES),
        *(of_ours(f"services.{name}", f"{name}-worker", "mailbox") for name in SERVICES),
        of_ours("gateway", "gateway-worker"),
        of_ours("gateway", "gateway", *SERVICES),
    ]


def two_of_ours(ports: Ports, shared: dict[str, str]) -> list[Process]:
    """All workers in one process, all apps in another. A worker that dies or is busy does not stop a till."""
    after = ("prepare", "broker", "mailbox")
    return [
        answering("together-worker", "cli.together_worker", ports["gateway-worker"], shared, after=after),
        answering("together", "cli.together", ports["gateway"], shared, after=after),
    ]


def answering(name: str, module: str, port: int, shared: dict[str, str], *, after: tuple[str, ...]) -> Process:
    """A Python process of ours that answers `/readyz` on its port."""
    return Process(
        name=name,
        command=(sys.executable, "-m", module),
        environment=shared | {"WAFA_PORT": str(port)},
        port=port,
        readiness=Answers(port),
        after=after,
        forked=True,
    )


def postgres_process(postgres: Postgres, port: int, *, small: bool = False) -> Process:
    """PostgreSQL, stopped by SIGINT: it then ends its sessions instead of waiting for them."""
    return Process(
        name="postgres",
        command=postgres.command(port, small=small),
        port=port,
        readiness=Succeeds(postgres.asks_whether_ready(port)),
        account=postgres.account,
        stop_signal=signal.SIGINT,
        stop_seconds_max=30,
    )


def broker_process(home: Home, port: int) -> Process:
    """The broker, which saves its log when it is stopped by SIGTERM."""
    return Process(name="broker", command=broker_command(home, port), port=port, readiness=Connects(port))
