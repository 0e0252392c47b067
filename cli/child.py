"""One supervised process: started, asked whether it is ready, started again when it dies, stopped when told to."""

import asyncio
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from enum import StrEnum
from pathlib import Path

from cli.fork_server import ForkServer
from cli.home import CommandFailed
from cli.log_files import last_line
from cli.ports import listens
from cli.process import Process
from cli.readiness import Readiness, is_ready
from cli.spawning import Running, execute, kill_group

ASK_EVERY_SECONDS = 0.1
READY_SECONDS_MAX = 120
STARTS_MAX = 3
PAUSE_SECONDS_FIRST = 0.5
PAUSE_SECONDS_MAX = 30
STABLE_SECONDS = 60
# What a shell answers for a command it cannot run.
CANNOT_EXECUTE = 127


class State(StrEnum):
    """Where a process stands."""

    WAITING = "waiting"
    STARTING = "starting"
    READY = "ready"
    PAUSING = "pausing"
    STOPPING = "stopping"
    STOPPED = "stopped"
    DONE = "done"


class Child:
    """A process and its life. `first_ready` is settled once: when it is ready, or when there is little hope of that."""

    def __init__(self, process: Process, log: Path, fork_server: ForkServer, tell: Callable[[], None]) -> None:
        self.process = process
        self.fork_server = fork_server
        self.log = log
        self.tell = tell
        self.state = State.WAITING
        self.pid: int | None = None
        self.starts = 0
        self.stopping = asyncio.Event()
        self.gone = asyncio.Event()
        self.first_ready: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.life: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin to keep it running."""
        if not self.stopping.is_set():
            self.life = asyncio.create_task(self.keep_running())

    async def stop(self) -> None:
        """End it: politely, then by force. Returns when nothing is left of it."""
        self.stopping.set()
        if self.life is None:
            self.become(State.STOPPED)
            self.gone.set()
        await self.gone.wait()

    def become(self, state: State) -> None:
        """Take on a state and tell who watches."""
        self.state = state
        self.tell()

    async def keep_running(self) -> None:
        """Start it, and again after each death, with a pause that doubles until it has been stable for a while."""
        pause: float = PAUSE_SECONDS_FIRST
        try:
            while not self.stopping.is_set() and self.state is not State.DONE:
                began = time.monotonic()
                await self.live_and_die()
                if time.monotonic() - began >= STABLE_SECONDS:
                    pause = PAUSE_SECONDS_FIRST
                if self.state is State.PAUSING:
                    with suppress(TimeoutError):
                        await asyncio.wait_for(self.stopping.wait(), pause)
                pause = min(pause * 2, PAUSE_SECONDS_MAX)
        finally:
            self.gone.set()
            if self.state is not State.DONE:
                self.become(State.STOPPED)

    async def live_and_die(self) -> None:
        """One life, and what its end means: all done, as we wished, or another life after a pause."""
        code = await self.live_once()
        if self.stopping.is_set():
            return
        if code == 0 and self.process.readiness is None:
            self.become(State.DONE)
            self.settle()
        else:
            self.become(State.PAUSING)
            if self.starts >= STARTS_MAX or self.process.readiness is None:
                self.give_up(f"it ended with {code}")

    async def live_once(self) -> int:
        """One life, from start to exit code; ended early when we are stopping."""
        self.starts += 1
        try:
            running = await self.spawn()
        except OSError as error:
            with suppress(OSError):
                self.log.write_text(f"{error}\n", encoding="utf-8")
            return CANNOT_EXECUTE
        self.pid = running.pid
        self.become(State.STARTING)
        exiting = asyncio.create_task(running.wait())
        told_to_stop = asyncio.create_task(self.stopping.wait())
        asking = asyncio.create_task(self.ask_until_ready(self.process.readiness)) if self.process.readiness else None
        await asyncio.wait({exiting, told_to_stop}, return_when=asyncio.FIRST_COMPLETED)
        for task in (told_to_stop, asking):
            if task is not None:
                task.cancel()
        if not exiting.done():
            self.become(State.STOPPING)
            await self.end(running)
        code = await exiting
        kill_group(running.pid)
        self.pid = None
        return code

    async def spawn(self) -> Running:
        """Start the process, by a fork where that is allowed and possible."""
        if self.process.forked and sys.platform == "linux":
            return await self.fork_server.spawn(self.process, self.log)
        return await execute(self.process, self.log)

    async def ask_until_ready(self, readiness: Readiness) -> None:
        """Ask until the answer is yes; after a time, say that there is little hope and go on asking."""
        began = time.monotonic()
        while not (await is_ready(readiness) and self.has_its_port()):
            if time.monotonic() - began > READY_SECONDS_MAX:
                self.give_up(f"it was not ready within {READY_SECONDS_MAX} s")
            await asyncio.sleep(ASK_EVERY_SECONDS)
        self.become(State.READY)
        self.settle()

    def has_its_port(self) -> bool:
        """Whether it is this process that answers on its port, and not another that was there first."""
        return self.process.port is None or self.pid is None or listens(self.pid, self.process.port)

    async def end(self, running: Running) -> None:
        """Ask it to stop; kill it and all it started when it does not in time."""
        with suppress(ProcessLookupError):
            running.send_signal(self.process.stop_signal)
        try:
            await asyncio.wait_for(running.wait(), self.process.stop_seconds_max)
        except TimeoutError:
            kill_group(running.pid)

    def settle(self) -> None:
        """It has been ready: those that wait for it can start."""
        if not self.first_ready.done():
            self.first_ready.set_result(None)

    def give_up(self, reason: str) -> None:
        """Tell those that wait for its first readiness that it will not come, with the last thing it said."""
        if not self.first_ready.done():
            said = last_line(self.log)
            self.first_ready.set_exception(
                CommandFailed(f"{self.process.name} did not start: {reason}{f': {said}' if said else ''} ({self.log})")
            )
