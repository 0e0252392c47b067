"""Starting a process, and killing one with all it started."""

import asyncio
import os
import signal
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Protocol

from cli.parent_death import die_with
from cli.process import Process


class Running(Protocol):
    """A process that was started."""

    @property
    def pid(self) -> int: ...

    async def wait(self) -> int:
        """Its exit code, when it has ended."""

    def send_signal(self, signal_number: int, /) -> None:
        """Signal it."""


async def execute(process: Process, log: Path) -> asyncio.subprocess.Process:
    """Start the command in its own process group, so that a Ctrl-C meant for us does not reach it."""
    account = process.account
    with log.open("ab") as output:
        return await asyncio.create_subprocess_exec(
            *process.command,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=output,
            stderr=asyncio.subprocess.STDOUT,
            env={**os.environ, **process.environment},
            cwd="/",
            process_group=0,
            user=account.uid if account else None,
            group=account.gid if account else None,
            extra_groups=[] if account else None,
            preexec_fn=partial(die_with, os.getpid()),
        )


def kill_group(leader: int) -> None:
    """Kill a process and what it started and left behind."""
    with suppress(ProcessLookupError):
        os.killpg(leader, signal.SIGKILL)
