"""A whole system of real processes, started as a newcomer does, and killed as no newcomer would."""

import json
import os
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cli.child import State
from cli.home import Home
from cli.status_file import ProcessStatus, read_status
from tests.support.waiting import eventually

WAFA = (sys.executable, "-c", "from cli.main import app; app()")
README = Path(__file__).parents[2] / "README.md"
READY_SECONDS_MAX = 240
RESTART_SECONDS_MAX = 120


@dataclass
class System:
    """A run on a home of its own."""

    home: Home

    @property
    def access(self) -> dict[str, Any]:
        """Where it is reached, and with which key."""
        access = self.home.access
        assert access is not None
        return access

    def wafa(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run the command on this home."""
        return subprocess.run(
            [*WAFA, *arguments],
            env={**os.environ, "WAFA_HOME": str(self.home.path)},
            text=True,
            capture_output=True,
            timeout=READY_SECONDS_MAX,
        )

    def process(self, name: str) -> ProcessStatus:
        """How one of its processes stands."""
        status = read_status(self.home)
        assert status is not None
        (found,) = [process for process in status.processes if process.name == name]
        return found

    def kill(self, name: str) -> None:
        """End a process without a word, and wait until the supervisor has brought it back."""
        before = self.process(name)
        assert before.pid is not None
        os.kill(before.pid, signal.SIGKILL)
        eventually(lambda: self._lives_again(name, before.starts), RESTART_SECONDS_MAX, every=0.1)

    def _lives_again(self, name: str, starts: int) -> bool:
        now = self.process(name)
        return now.starts > starts and now.state == State.READY


@contextmanager
def running_system(folder: Path, *options: str) -> Iterator[System]:
    """A system for the block, ready to serve, started with these options. Nothing of it is left afterwards."""
    system = System(Home(folder / "home"))
    up = system.wafa("up", "--detach", "--port", str(free_port()), *options)
    try:
        assert up.returncode == 0, up.stdout + up.stderr
        yield system
    finally:
        system.wafa("down")


def first_purchase(system: System) -> tuple[dict[str, Any], dict[str, Any]]:
    """The README's first purchase, pasted into a shell as it stands: the purchase, and the balance after it."""
    (block,) = re.findall(r"```sh\n(.*?)```", README.read_text(encoding="utf-8"), re.DOTALL)
    script = block.replace(".wafa/access.json", str(system.home.path / "access.json")).replace(
        "http://127.0.0.1:8080", system.access["gateway_url"]
    )
    ran = subprocess.run(["sh", "-eu", "-c", script], capture_output=True, text=True, timeout=120, check=False)
    assert ran.returncode == 0, ran.stderr
    decoder = json.JSONDecoder()
    purchase, end = decoder.raw_decode(ran.stdout)
    balance, _end = decoder.raw_decode(ran.stdout[end:].lstrip())
    return purchase, balance


def free_port() -> int:
    """A port that nobody uses at this moment."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port: int = listener.getsockname()[1]
        return port
