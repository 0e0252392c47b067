"""`wafa status`: what runs, where, how often it was started, and how much memory it uses."""

import psutil
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from cli.home import Home
from cli.status_file import ProcessStatus, read_status

MEGABYTE = 1_000_000


def status(home: Home, console: Console) -> bool:
    """Print the run's processes; False when nothing runs."""
    pid = home.supervisor_pid()
    seen = read_status(home)
    if pid is None or seen is None:
        console.print(f"Nothing is running on {escape(str(home.path))}.")
        return False
    table = Table("process", "state", "port", "pid", "starts", "memory", box=None, header_style="bold")
    own = proportional_bytes(psutil.Process(pid))
    table.add_row(*row(ProcessStatus("supervisor", seen.phase, pid, None, 1, None), own))
    used = [memory_bytes(process) for process in seen.processes]
    for process, memory in zip(seen.processes, used, strict=True):
        table.add_row(*row(process, memory))
    console.print(table)
    console.print(f"{(own + sum(used)) / MEGABYTE:.0f} MB in all. Home: {escape(str(home.path))}")
    return True


def row(process: ProcessStatus, memory: int) -> tuple[str, ...]:
    """One line of the table."""
    return (
        process.name,
        process.state,
        str(process.port or ""),
        str(process.pid or ""),
        str(process.starts),
        f"{memory / MEGABYTE:.0f} MB" if memory else "",
    )


def memory_bytes(status: ProcessStatus) -> int:
    """A process's memory, PostgreSQL's with that of its own: pages are divided among those that share them (PSS)."""
    if status.pid is None:
        return 0
    try:
        process = psutil.Process(status.pid)
        own = process.children(recursive=True) if status.name == "postgres" else []
        return sum(proportional_bytes(each) for each in [process, *own])
    except psutil.NoSuchProcess:
        return 0


def proportional_bytes(process: psutil.Process) -> int:
    """PSS where the system tells it, else the resident size."""
    try:
        memory = process.memory_full_info()
        return int(getattr(memory, "pss", memory.rss))
    except psutil.NoSuchProcess:
        return 0
    except psutil.AccessDenied:
        return int(process.memory_info().rss)
