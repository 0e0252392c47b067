"""One embedded run, from the home's lock to the last process gone. The detached form is
`python -m cli.run [--port PORT] [--together]`.
"""

import argparse
import asyncio
import os
import shutil
import signal
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import replace

from cli.embedded_broker import prepare_broker
from cli.embedded_postgres import prepare_postgres
from cli.environment import home_secrets
from cli.home import CommandFailed, Home
from cli.leftovers import clear_leftovers
from cli.ports import choose_ports
from cli.process import Process
from cli.processes import shared_modules, table
from cli.status_file import Phase, Status, processes_of, write_status
from cli.supervisor import Supervisor

FREE_BYTES_MIN = 500_000_000

Watch = Callable[[Status], None]


def run(home: Home, gateway_port: int | None, watch: Watch, *, together: bool = False) -> None:
    """Start everything on this home and keep it running until a signal says stop. Raises CommandFailed."""
    with home.locked() as mine:
        if not mine:
            raise CommandFailed(f"Another wafa is running on {home.path}.")
        report = Report(home, watch)
        try:
            asyncio.run(supervise(home, prepare(home, gateway_port, together=together), report))
        except (CommandFailed, OSError) as error:
            problem = in_one_line(error)
            report.become(Phase.FAILED, problem=problem)
            raise CommandFailed(problem) from error
        report.become(Phase.STOPPED)


def prepare(home: Home, gateway_port: int | None, *, together: bool) -> list[Process]:
    """Whatever must be so before the first process starts: space, no leftovers, ports, passwords, data folders."""
    free = shutil.disk_usage(home.path).free
    if free < FREE_BYTES_MIN:
        raise CommandFailed(
            f"Only {free // 1_000_000} MB are free at {home.path}, and {FREE_BYTES_MIN // 1_000_000} are needed."
        )
    clear_leftovers(home)
    ports = choose_ports(home.read("ports.json") or {}, gateway_port)
    secrets = home_secrets(home)
    postgres = prepare_postgres(home, secrets["admin_password"])
    prepare_broker(home)
    home.write("ports.json", ports)
    return table(home, ports, secrets, postgres, together=together)


class Report:
    """Keeps the status file true, and shows each new status to the one who watches."""

    def __init__(self, home: Home, watch: Watch) -> None:
        self.home = home
        self.watch = watch
        self.began = time.monotonic()
        self.status = Status(Phase.STARTING, os.getpid())
        self.publish()

    def become(self, phase: Phase, problem: str | None = None) -> None:
        """The run as a whole has come to this."""
        seconds = round(time.monotonic() - self.began, 1) if phase is Phase.READY else self.status.seconds_to_ready
        self.status = replace(self.status, phase=phase, problem=problem, seconds_to_ready=seconds)
        self.publish()

    def changed(self, supervisor: Supervisor) -> None:
        """A process has changed."""
        self.status = replace(self.status, processes=processes_of(supervisor))
        self.publish()

    def publish(self) -> None:
        write_status(self.home, self.status)
        self.watch(self.status)


async def supervise(home: Home, processes: Sequence[Process], report: Report) -> None:
    """Run the processes until SIGINT, SIGTERM or SIGHUP. Raises CommandFailed."""
    stop = asyncio.Event()

    def begin_to_stop() -> None:
        report.become(Phase.STOPPING)
        stop.set()

    for signum in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        asyncio.get_running_loop().add_signal_handler(signum, begin_to_stop)
    supervisor = Supervisor(processes, home.logs, report.changed, shared_modules(processes))
    await supervisor.run(stop, when_ready=lambda: report.become(Phase.READY))


def in_one_line(error: Exception) -> str:
    """What went wrong, for someone at a terminal."""
    if isinstance(error, OSError):
        return f"{error.strerror or error}: {error.filename}" if error.filename else str(error.strerror or error)
    return " ".join(str(error).split())


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--port", type=int)
    parser.add_argument("--together", action="store_true")
    asked = parser.parse_args()
    try:
        run(Home.here(), asked.port, watch=lambda _: None, together=asked.together)
    except CommandFailed as problem:
        sys.exit(str(problem))
