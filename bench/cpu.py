"""CPU seconds by process, from /proc."""

from collections.abc import Mapping

import psutil


def cpu_seconds(processes: Mapping[str, int]) -> dict[str, float]:
    """What each process and its children have used so far, those children included that have ended."""
    return {name: used_by(psutil.Process(pid)) for name, pid in processes.items()}


def used_by(process: psutil.Process) -> float:
    """One process and everything it has started."""
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
