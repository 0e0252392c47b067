"""A home of the test's own, and small real programs to supervise."""

import os
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest

from cli.home import Home
from cli.process import Process
from cli.readiness import Succeeds

# Writes its id to a file when it begins and waits; a SIGTERM is written to the story as well.
PROGRAM = """
import os, pathlib, signal, sys, time
name, story = sys.argv[1], pathlib.Path(sys.argv[2])
def tell(what):
    with story.open("a") as file:
        file.write(f"{name} {what}\\n")
def end(*_):
    tell("ends")
    sys.exit(0)
signal.signal(signal.SIGTERM, end)
(story.parent / f"{name}.pid").write_text(str(os.getpid()))
tell("begins")
time.sleep(60)
"""


@pytest.fixture
def folder() -> Iterator[Path]:
    """A folder that every account can walk to (pytest's own are closed), with spaces and Arabic letters in its path."""
    with tempfile.TemporaryDirectory(prefix="wafa متجر الوفاء ") as folder:
        Path(folder).chmod(0o755)
        yield Path(folder)


@pytest.fixture
def home(folder: Path) -> Home:
    """An empty home."""
    home = Home(folder / ".wafa")
    home.create()
    return home


@pytest.fixture
def story(tmp_path: Path) -> Path:
    """The file small programs write to: who began and who ended, in order."""
    return tmp_path / "story"


@pytest.fixture
def small_program(story: Path) -> Callable[..., Process]:
    """A real process that waits, ready when it has told that it began."""

    def make(name: str, *, after: tuple[str, ...] = (), program: str = PROGRAM) -> Process:
        return Process(
            name=name,
            command=(sys.executable, "-c", program, name, str(story)),
            readiness=Succeeds(("test", "-e", str(story.parent / f"{name}.pid"))),
            after=after,
        )

    return make


@pytest.fixture
def pid_of(story: Path) -> Callable[[str], int]:
    """The process id a small program wrote down when it last began."""
    return lambda name: int((story.parent / f"{name}.pid").read_text())


def is_running(pid: int) -> bool:
    """Whether a process is there and not a zombie."""
    try:
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def wait_until(holds: Callable[[], bool], seconds: float = 10) -> None:
    """Wait for something to become true."""
    deadline = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < deadline, "it did not come true in time"
        time.sleep(0.02)


needs_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root runs PostgreSQL as another account")
