"""What the supervisor tells the other commands, through a file of the home."""

from dataclasses import asdict, dataclass, field
from enum import StrEnum

from cli.child import Child
from cli.home import Home
from cli.leftovers import began
from cli.supervisor import Supervisor

FILE = "status.json"


class Phase(StrEnum):
    """Where the run as a whole stands."""

    STARTING = "starting"
    READY = "ready"
    STOPPING = "stopping"
    STOPPED = "stopped"
    FAILED = "failed"


@dataclass(frozen=True)
class ProcessStatus:
    """One process: `began` tells it from a later one with the same id, `starts` counts its lives."""

    name: str
    state: str
    pid: int | None
    began: float | None
    starts: int
    port: int | None


@dataclass(frozen=True)
class Status:
    """One run of the supervisor."""

    phase: Phase
    pid: int
    problem: str | None = None
    seconds_to_ready: float | None = None
    processes: list[ProcessStatus] = field(default_factory=list)


def write_status(home: Home, status: Status) -> None:
    """Replace what the other commands see."""
    home.write(FILE, asdict(status))


def read_status(home: Home) -> Status | None:
    """What the last supervisor of this home said; None when there was none."""
    content = home.read(FILE)
    if content is None:
        return None
    processes = [ProcessStatus(**process) for process in content.pop("processes")]
    return Status(**{**content, "phase": Phase(content["phase"]), "processes": processes})


def processes_of(supervisor: Supervisor) -> list[ProcessStatus]:
    """How each process stands now."""
    nursery = supervisor.fork_server.pid
    forking = [] if nursery is None else [ProcessStatus("nursery", "ready", nursery, began(nursery), 1, None)]
    return [*forking, *(describe(child) for child in supervisor.children.values())]


def describe(child: Child) -> ProcessStatus:
    """How one process stands now."""
    began_at = began(child.pid) if child.pid is not None else None
    return ProcessStatus(child.process.name, child.state, child.pid, began_at, child.starts, child.process.port)
