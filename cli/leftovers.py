"""What an earlier run left behind when it died with its supervisor: ended before the next one starts.

On Linux the kernel kills the children with their supervisor, so this only waits for it to have happened. Called with
the home's lock held: whatever still runs on this home belongs to nobody.
"""

from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import psutil

from cli.home import CommandFailed, Home

GONE_SECONDS_MAX = 10
PROGRAMS = ("postgres", "initdb")


def clear_leftovers(home: Home) -> None:
    """End the processes of an earlier run, and take away the file by which PostgreSQL says that it runs."""
    left = [*processes_left(home), *database_processes_left(home)]
    for process in left:
        with suppress(psutil.NoSuchProcess):
            process.kill()
    _, alive = psutil.wait_procs(left, timeout=GONE_SECONDS_MAX)
    if alive:
        raise CommandFailed(f"A process of an earlier run does not end: {alive[0].name()} (pid {alive[0].pid})")
    # Its process id may belong to another program by now, and PostgreSQL would take that for a server on this data.
    (home.postgres / "data" / "postmaster.pid").unlink(missing_ok=True)


def processes_left(home: Home) -> Iterator[psutil.Process]:
    """The processes the last status names that are still the same processes."""
    status = home.read("status.json") or {"processes": []}
    for named in status["processes"]:
        with suppress(psutil.NoSuchProcess):
            if named["pid"] is not None and began(named["pid"]) == named["began"]:
                yield psutil.Process(named["pid"])


def database_processes_left(home: Home) -> Iterator[psutil.Process]:
    """PostgreSQL's own children, which outlive it for a moment: they work in its folder, as initdb does."""
    folder = home.postgres.resolve()
    for process in psutil.process_iter(["name"]):
        with suppress(psutil.Error):
            if process.info["name"] in PROGRAMS and Path(process.cwd()).is_relative_to(folder):
                yield process


def began(pid: int) -> float | None:
    """When a process began, which tells it from a later one with the same id; None when it is gone."""
    try:
        return psutil.Process(pid).create_time()
    except psutil.NoSuchProcess:
        return None
