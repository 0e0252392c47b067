"""`wafa up` as a newcomer meets it: one line when it cannot start; else the first purchase, whatever is killed."""

import json
import os
import re
import signal
import socket
import stat
import subprocess
import sys
from functools import partial
from pathlib import Path
from typing import Any

import psutil
import pytest

from cli.home import Home
from cli.ports import any_free_port
from tests.cli.conftest import is_running, wait_until

pytestmark = pytest.mark.system

WAFA = "from cli.main import app; app()"


def wafa(*arguments: str, home: Path) -> subprocess.CompletedProcess[str]:
    """Run a command of ours on a home, as from a terminal."""
    return subprocess.run(
        [sys.executable, "-c", WAFA, *arguments],
        env={**os.environ, "WAFA_HOME": str(home), "COLUMNS": "200"},
        capture_output=True,
        text=True,
        timeout=150,
        check=False,
    )


def processes_of(home: Home) -> list[psutil.Process]:
    """The supervisor and all it started."""
    pid = home.supervisor_pid()
    assert pid is not None
    supervisor = psutil.Process(pid)
    return [supervisor, *supervisor.children(recursive=True)]


def paste(text: str) -> dict[str, Any]:
    """Run the commands that `wafa up` proposes, and read what the last one answers."""
    commands = re.search(r"^KEY=.*; echo$", text, re.MULTILINE | re.DOTALL)
    assert commands is not None, text
    answer = subprocess.run(["bash", "-c", commands[0]], capture_output=True, text=True, timeout=30, check=True)
    purchase: dict[str, Any] = json.loads(answer.stdout)
    return purchase


@pytest.mark.timeout(400)
def test_a_newcomers_hour(folder: Path) -> None:
    home = Home(folder / ".wafa")
    try:
        started = wafa("up", "--detach", "--port", str(any_free_port()), home=home.path)
        assert started.returncode == 0, started.stderr
        purchase = paste(started.stdout)
        assert purchase["object"] == "purchase"
        assert {effect["kind"] for effect in purchase["effects"]} >= {"accrue", "discount", "stamp"}
        access = home.access
        assert access is not None
        assert stat.S_IMODE((home.path / "access.json").stat().st_mode) == 0o600
        assert access["api_key"].startswith("wafa_test_")

        again = wafa("up", "--detach", home=home.path)
        assert again.returncode == 0
        assert f"already running on {home.path}" in again.stdout
        assert access["gateway_url"] in again.stdout

        family = processes_of(home)
        family[0].kill()
        for process in family[1:]:
            if process.is_running():
                process.kill()
        wait_until(lambda: not any(is_running(process.pid) for process in family))
        assert wafa("status", home=home.path).returncode == 1

        revived = wafa("up", "--detach", home=home.path)
        assert revived.returncode == 0, revived.stderr
        assert home.access == access
        assert paste(revived.stdout)["object"] == "purchase"
        verified = wafa("verify", "--wait", "60", home=home.path)
        assert verified.returncode == 0, verified.stdout

        family = processes_of(home)
        assert len(json.loads((home.path / "status.json").read_text())["processes"]) == 16
    finally:
        stopped = wafa("down", home=home.path)
    assert stopped.returncode == 0, stopped.stderr
    assert not any(is_running(process.pid) for process in family)
    assert wafa("down", home=home.path).stdout.startswith("Nothing is running")


def test_a_taken_port_is_one_line(folder: Path) -> None:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        port = listener.getsockname()[1]

        failed = wafa("up", "--detach", "--port", str(port), home=folder / ".wafa")

    assert failed.returncode == 1
    assert failed.stderr.splitlines() == [
        f"✗ Port {port} is taken by {psutil.Process().name()} (pid {os.getpid()}). "
        f"Choose another: wafa up --port {port + 1}"
    ]


def test_a_folder_that_cannot_be_written_to_is_one_line() -> None:
    failed = wafa("up", "--detach", home=Path("/proc/.wafa"))

    assert failed.returncode == 1
    assert len(failed.stderr.splitlines()) == 1
    assert failed.stderr.startswith("✗ Cannot write to /proc/.wafa: ")


FULL_DISK = """
import shutil
from collections import namedtuple
from cli import run
Usage = namedtuple("Usage", "total used free")
run.shutil.disk_usage = lambda _: Usage(10**9, 10**9, 1_000_000)
from cli.main import app
app(["up"])
"""


def test_a_full_disk_is_one_line(folder: Path) -> None:
    failed = subprocess.run(
        [sys.executable, "-c", FULL_DISK],
        env={**os.environ, "WAFA_HOME": str(folder / ".wafa"), "COLUMNS": "200"},
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )

    assert failed.returncode == 1
    assert failed.stderr.splitlines() == [f"✗ Only 1 MB are free at {folder / '.wafa'}, and 500 are needed."]


@pytest.mark.parametrize("arguments", [pytest.param([], id="here"), pytest.param(["--detach"], id="detached")])
def test_ctrl_c_while_it_starts_leaves_nothing(arguments: list[str], folder: Path) -> None:
    home = Home(folder / ".wafa")
    with subprocess.Popen(
        [sys.executable, "-c", WAFA, "up", "--port", str(any_free_port()), *arguments],
        env={**os.environ, "WAFA_HOME": str(home.path)},
        # Who runs us in the background may have had the signal ignored, which is inherited.
        preexec_fn=partial(signal.signal, signal.SIGINT, signal.SIG_DFL),
    ) as terminal:
        wait_until((home.logs / "prepare.log").exists, seconds=90)
        family = processes_of(home)
        assert len(family) > 3

        terminal.send_signal(signal.SIGINT)

        assert terminal.wait(60) == (130 if arguments else 0)
    assert not any(is_running(process.pid) for process in family)
    assert json.loads((home.path / "status.json").read_text())["phase"] == "stopped"
