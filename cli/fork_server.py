"""The supervisor's end of the nursery (`cli/nursery.py`): asks for forks and hears of their ends."""

import asyncio
import json
import os
import signal
import sys
from collections import deque
from collections.abc import Sequence
from dataclasses import asdict
from functools import partial
from pathlib import Path

from cli.nursery import Request
from cli.parent_death import die_with
from cli.process import Process

STOP_SECONDS_MAX = 5
# glibc keeps a heap of its own for nearly every thread, and seldom gives back what was free in it.
FEW_ARENAS = {"MALLOC_ARENA_MAX": "2"}


class Forked:
    """A process that the nursery forked."""

    def __init__(self, pid: int) -> None:
        self.pid = pid
        self.ended: asyncio.Future[int] = asyncio.get_running_loop().create_future()

    async def wait(self) -> int:
        """Its exit code, when it has ended."""
        return await asyncio.shield(self.ended)

    def send_signal(self, signal_number: int) -> None:
        """Signal it, unless it has ended."""
        if not self.ended.done():
            os.kill(self.pid, signal_number)


class ForkServer:
    """One nursery with these modules, started when first needed and after its death. What it forked dies with it."""

    def __init__(self, log: Path, modules: Sequence[str]) -> None:
        self.log = log
        self.modules = modules
        self.running: asyncio.subprocess.Process | None = None
        self.hearing: asyncio.Task[None] | None = None
        self.asked: deque[asyncio.Future[Forked]] = deque()
        self.forks: dict[int, Forked] = {}
        self.starting = asyncio.Lock()

    @property
    def pid(self) -> int | None:
        """The nursery's process id; None when it does not run."""
        return self.running.pid if self.running is not None else None

    async def spawn(self, process: Process, log: Path) -> Forked:
        """Fork a process that runs a module. Raises ChildProcessError when the nursery dies over it."""
        async with self.starting:
            nursery = self.running or await self.start()
        assert nursery.stdin is not None
        _, _, module, *arguments = process.command
        request = Request(process.name, module, arguments, {**os.environ, **process.environment}, str(log))
        forked: asyncio.Future[Forked] = asyncio.get_running_loop().create_future()
        self.asked.append(forked)
        nursery.stdin.write(json.dumps(asdict(request)).encode() + b"\n")
        return await forked

    async def start(self) -> asyncio.subprocess.Process:
        """Start the nursery and begin to hear what it tells."""
        with self.log.open("ab") as output:
            self.running = await asyncio.create_subprocess_exec(
                *(sys.executable, "-m", "cli.nursery", *self.modules),
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.PIPE,
                stderr=output,
                cwd="/",
                env={**os.environ, **FEW_ARENAS},
                process_group=0,
                preexec_fn=partial(die_with, os.getpid()),
            )
        self.hearing = asyncio.create_task(self.hear(self.running))
        return self.running

    async def hear(self, nursery: asyncio.subprocess.Process) -> None:
        """Pass on what the nursery tells; when it is dead, so is all it forked."""
        assert nursery.stdout is not None
        async for line in nursery.stdout:
            told = json.loads(line)
            if "code" in told:
                self.forks.pop(told["pid"]).ended.set_result(told["code"])
            else:
                forked = self.forks[told["pid"]] = Forked(told["pid"])
                self.asked.popleft().set_result(forked)
        await nursery.wait()
        self.running = None
        for forked in self.forks.values():
            forked.ended.set_result(-signal.SIGKILL)
        self.forks.clear()
        while self.asked:
            self.asked.popleft().set_exception(ChildProcessError(f"the nursery died ({self.log})"))

    async def close(self) -> None:
        """End the nursery. To be called when all it forked has ended."""
        if self.running is not None and self.hearing is not None:
            assert self.running.stdin is not None
            self.running.stdin.close()
            try:
                await asyncio.wait_for(self.running.wait(), STOP_SECONDS_MAX)
            except TimeoutError:
                self.running.kill()
            await self.hearing
