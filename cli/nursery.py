"""A process that has loaded what all of ours need, and forks them: `python -m cli.nursery MODULE…`.

Ten interpreters that each load the same frameworks take twenty seconds of CPU and a gigabyte; forks of one take a
quarter of the time and half of the memory. A fork runs the same module as `python -m` would.

Each line of its input asks for a process (`Request` as JSON), each line of its output tells of one: `{"pid": …}` in the
order they were asked for, or `{"pid": …, "code": …}` when it has ended.
"""

import gc
import json
import os
import runpy
import select
import signal
import sys
from contextlib import suppress
from dataclasses import dataclass
from importlib import import_module

from cli.parent_death import die_with

NAME_LENGTH_MAX = 15


@dataclass(frozen=True)
class Request:
    """A module to run, with all its environment, and the file that takes what it says."""

    name: str
    module: str
    arguments: list[str]
    environment: dict[str, str]
    log: str


class Nursery:
    """Forks on request and tells of ends, until its input ends."""

    def __init__(self) -> None:
        self.unread = b""
        self.wakes, self.wake = os.pipe()
        os.set_blocking(self.wake, False)
        signal.set_wakeup_fd(self.wake)
        signal.signal(signal.SIGCHLD, lambda *_: None)

    def serve(self) -> Request:
        """Serve until the input ends, then exit. Returns only in a fork: what it is to run."""
        me = os.getpid()
        while True:
            readable, _, _ = select.select([sys.stdin, self.wakes], [], [])
            if self.wakes in readable:
                os.read(self.wakes, 4096)
                tell_of_ends()
            for request in self.requests() if sys.stdin in readable else ():
                pid = os.fork()
                if pid == 0:
                    self.leave(request, me)
                    return request
                tell(pid=pid)

    def requests(self) -> list[Request]:
        """What has been asked for since the last look. The end of the input is the end of all."""
        read = os.read(sys.stdin.fileno(), 1 << 20)
        if not read:
            sys.exit(0)
        *lines, self.unread = (self.unread + read).split(b"\n")
        return [Request(**json.loads(line)) for line in lines]

    def leave(self, request: Request, parent: int) -> None:
        """Become a process of its own: in its own group, with its own environment and log, dying with its parent."""
        signal.set_wakeup_fd(-1)
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        os.close(self.wakes)
        os.close(self.wake)
        os.setpgid(0, 0)
        die_with(parent)
        nothing = os.open(os.devnull, os.O_RDONLY)
        log = os.open(request.log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644)
        for descriptor, place in ((nothing, 0), (log, 1), (log, 2)):
            os.dup2(descriptor, place)
        os.close(nothing)
        os.close(log)
        os.environ.clear()
        os.environ.update(request.environment)
        sys.argv = [request.module, *request.arguments]
        call_it(request.name)


def tell(**what: int) -> None:
    """Write one line."""
    os.write(sys.stdout.fileno(), json.dumps(what).encode() + b"\n")


def tell_of_ends() -> None:
    """Tell of every process that has ended."""
    with suppress(ChildProcessError):
        while True:
            pid, status = os.waitpid(-1, os.WNOHANG)
            if pid == 0:
                return
            tell(pid=pid, code=os.waitstatus_to_exitcode(status))


def call_it(name: str) -> None:
    """Let `top` show the process under its name."""
    with suppress(OSError), open("/proc/self/comm", "w", encoding="utf-8") as comm:  # noqa: PTH123
        comm.write(name[:NAME_LENGTH_MAX])


def load(modules: list[str]) -> None:
    """Load what is shared, and keep the collector from touching it: a page that is touched is shared no more."""
    for name in modules:
        import_module(name)
    gc.collect()
    gc.freeze()


if __name__ == "__main__":
    load(sys.argv[1:])
    wanted = Nursery().serve()
    # What was loaded under its own name is run anew, under the name that a program has.
    sys.modules.pop(wanted.module, None)
    runpy.run_module(wanted.module, run_name="__main__", alter_sys=True)
