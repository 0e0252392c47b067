"""CPU seconds by process, from /proc; and what others on the machine have used meanwhile."""

import os
import resource
from collections.abc import Mapping
from dataclasses import dataclass
from time import perf_counter

import psutil


@dataclass(frozen=True)
class Spent:
    """CPU seconds: of the system's processes, of whoever drove them, and what others took of the machine (0 to 1)."""

    by_process: dict[str, float]
    by_clients: float
    others: float


class Meter:
    """Reads the clocks when it is made, and again when it is asked."""

    def __init__(self, processes: Mapping[str, int]) -> None:
        self._processes = processes
        self._before = (perf_counter(), self._by_process(), clients_seconds(), busy_seconds())

    def read(self) -> Spent:
        """What was spent since the meter was made. Clients must have ended."""
        began, by_process_before, clients_before, busy_before = self._before
        by_process = {name: used - by_process_before[name] for name, used in self._by_process().items()}
        by_clients = clients_seconds() - clients_before
        others = busy_seconds() - busy_before - sum(by_process.values()) - by_clients
        machine = (perf_counter() - began) * (os.cpu_count() or 1)
        return Spent(by_process, by_clients, max(0.0, others / machine))

    def _by_process(self) -> dict[str, float]:
        return {name: used_by(psutil.Process(pid)) for name, pid in self._processes.items()}


def used_by(process: psutil.Process) -> float:
    """One process and everything it has started, those included that have ended."""
    times = process.cpu_times()
    own = float(times.user + times.system + times.children_user + times.children_system)
    return own + sum(running_child(child) for child in process.children())


def running_child(child: psutil.Process) -> float:
    """A child that may end while it is looked at: its parent then has its time."""
    try:
        times = child.cpu_times()
    except psutil.NoSuchProcess:
        return 0.0
    return float(times.user + times.system)


def clients_seconds() -> float:
    """What this process has used, and the tills and pgbenches that it has started and seen end."""
    return sum(
        usage.ru_utime + usage.ru_stime
        for usage in (resource.getrusage(resource.RUSAGE_SELF), resource.getrusage(resource.RUSAGE_CHILDREN))
    )


def busy_seconds() -> float:
    """What all of the machine has worked, or was kept from working by its host."""
    times = psutil.cpu_times()
    return float(sum(times) - times.idle - times.iowait - times.guest - times.guest_nice)
