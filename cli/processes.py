"""What an embedded run consists of: the table of its processes, in the order they start."""

import signal
import sys

from cli.embedded_broker import broker_command
from cli.embedded_postgres import Postgres
from cli.environment import admin_environment, shared_environment
from cli.home import Home
from cli.ports import Ports
from cli.process import Process
from cli.readiness import Answers, Connects, Succeeds

# What all our processes load, and none of them changes. Loading it may start no thread and open no connection.
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


def table(home: Home, ports: Ports, secrets: dict[str, str], postgres: Postgres) -> list[Process]:
    """All processes of a run on this home."""
    shared = {"WAFA_HOME": str(home.path), **shared_environment(ports, secrets)}
    services = [of_ours(f"services.{name}", name, ports, shared, after=("prepare", "broker")) for name in SERVICES]
    workers = [
        of_ours(f"services.{name}", f"{name}-worker", ports, shared, after=("prepare", "broker", "mailbox"))
        for name in SERVICES
    ]
    return [
        postgres_process(postgres, ports["postgres"]),
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
        *services,
        *workers,
        of_ours("gateway", "gateway-worker", ports, shared, after=("prepare", "broker")),
        of_ours("gateway", "gateway", ports, shared, after=SERVICES),
        Process(
            name="first-shop",
            command=(sys.executable, "-m", "cli.first_shop"),
            environment=shared,
            after=("gateway",),
            forked=True,
        ),
    ]


def of_ours(package: str, name: str, ports: Ports, shared: dict[str, str], *, after: tuple[str, ...]) -> Process:
    """An app or a worker: a Python process that answers `/readyz` on its port."""
    room = "worker" if name.endswith("-worker") else "app"
    return Process(
        name=name,
        command=(sys.executable, "-m", f"{package}.{room}"),
        environment=shared | {"WAFA_PORT": str(ports[name])},
        port=ports[name],
        readiness=Answers(ports[name]),
        after=after,
        forked=True,
    )


def postgres_process(postgres: Postgres, port: int) -> Process:
    """PostgreSQL, stopped by SIGINT: it then ends its sessions instead of waiting for them."""
    return Process(
        name="postgres",
        command=postgres.command(port),
        port=port,
        readiness=Succeeds(postgres.asks_whether_ready(port)),
        account=postgres.account,
        stop_signal=signal.SIGINT,
        stop_seconds_max=30,
    )


def broker_process(home: Home, port: int) -> Process:
    """The broker, which saves its log when it is stopped by SIGTERM."""
    return Process(name="broker", command=broker_command(home, port), port=port, readiness=Connects(port))
