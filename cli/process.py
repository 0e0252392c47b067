"""What the supervisor must know of a process to start it, to see that it is ready, and to stop it."""

import signal
from collections.abc import Mapping
from dataclasses import dataclass, field

from cli.account import Account
from cli.readiness import Readiness


@dataclass(frozen=True, kw_only=True)
class Process:
    """A command to be kept running; or, without a readiness, a task to be run once to a good end.

    `forked` says that the command is `python -m MODULE …` of ours, and may be run by a fork of the nursery instead.
    """

    name: str
    command: tuple[str, ...]
    environment: Mapping[str, str] = field(default_factory=dict)
    port: int | None = None
    readiness: Readiness | None = None
    after: tuple[str, ...] = ()
    forked: bool = False
    account: Account | None = None
    stop_signal: signal.Signals = signal.SIGTERM
    stop_seconds_max: float = 10
