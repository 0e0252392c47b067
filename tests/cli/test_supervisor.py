"""The supervisor with small real processes: order, restarts, failures, and no orphans."""

import asyncio
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Awaitable, Callable, Sequence
from itertools import pairwise
from pathlib import Path

import psutil
import pytest

from cli import child as child_module
from cli.child import State
from cli.home import CommandFailed
from cli.process import Process
from cli.readiness import Connects, Succeeds
from cli.supervisor import Supervisor
from tests.cli.conftest import is_running, wait_until

SmallProgram = Callable[..., Process]


@pytest.fixture(autouse=True)
def short_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(child_module, "PAUSE_SECONDS_FIRST", 0.05)
    monkeypatch.setattr(child_module, "ASK_EVERY_SECONDS", 0.02)


def supervise(
    processes: Sequence[Process], logs: Path, when_ready: Callable[[Supervisor], Awaitable[None]]
) -> Supervisor:
    """Run the processes, do something when all are ready, and stop them."""

    async def run() -> Supervisor:
        stop, ready = asyncio.Event(), asyncio.Event()
        supervisor = Supervisor(processes, logs, lambda _: None)
        running = asyncio.create_task(supervisor.run(stop, ready.set))
        waiting = asyncio.create_task(ready.wait())
        await asyncio.wait({running, waiting}, return_when=asyncio.FIRST_COMPLETED)
        try:
            if ready.is_set():
                await when_ready(supervisor)
        finally:
            waiting.cancel()
            stop.set()
            await running
        return supervisor

    return asyncio.run(run())


async def nothing(_: Supervisor) -> None:
    """Be content that all became ready."""


async def until(holds: Callable[[], bool]) -> None:
    """Let the supervisor work until something is true."""
    async with asyncio.timeout(10):
        while not holds():  # noqa: ASYNC110 - what is waited for happens in other processes
            await asyncio.sleep(0.02)


def test_starts_in_order_and_stops_in_reverse(small_program: SmallProgram, story: Path, tmp_path: Path) -> None:
    processes = [
        small_program("gateway", after=("service",)),
        small_program("service", after=("database",)),
        small_program("database"),
    ]

    supervise(processes, tmp_path, nothing)

    assert story.read_text().splitlines() == [
        "database begins",
        "service begins",
        "gateway begins",
        "gateway ends",
        "service ends",
        "database ends",
    ]


def test_starts_again_what_was_killed(
    small_program: SmallProgram, pid_of: Callable[[str], int], tmp_path: Path
) -> None:
    async def kill_it(supervisor: Supervisor) -> None:
        first = pid_of("service")
        os.kill(first, signal.SIGKILL)
        child = supervisor.children["service"]
        await until(lambda: child.starts == 2 and child.state is State.READY and pid_of("service") != first)

    supervisor = supervise([small_program("service")], tmp_path, kill_it)

    assert supervisor.children["service"].state is State.STOPPED
    assert not is_running(pid_of("service"))


PAUSES = (0.05, 0.1, 0.2, 0.4, 0.8)


def test_pauses_longer_after_each_death(tmp_path: Path) -> None:
    dies = "import pathlib, sys, time; pathlib.Path(sys.argv[1]).open('a').write(f'{time.monotonic()}\\n')"
    times = tmp_path / "times"
    always_ready = Succeeds(("true",))
    process = Process(name="dies", command=(sys.executable, "-S", "-c", dies, str(times)), readiness=always_ready)

    async def watch_it_die(_: Supervisor) -> None:
        await until(lambda: times.exists() and len(times.read_text().splitlines()) == 6)

    supervise([process], tmp_path, watch_it_die)

    began = [float(line) for line in times.read_text().splitlines()]
    # A busy machine makes each longer, and none shorter.
    assert all(later - earlier >= pause for (earlier, later), pause in zip(pairwise(began), PAUSES, strict=True))


def test_says_in_one_line_what_did_not_start_and_stops_the_rest(
    small_program: SmallProgram, pid_of: Callable[[str], int], tmp_path: Path
) -> None:
    broken = Process(
        name="broken",
        command=(sys.executable, "-c", "raise SystemExit('no space left')"),
        readiness=Succeeds(("false",)),
        after=("database",),
    )

    with pytest.raises(
        CommandFailed, match=r"^broken did not start: it ended with 1: no space left \(.*broken\.log\)$"
    ):
        supervise([small_program("database"), broken, small_program("gateway", after=("broken",))], tmp_path, nothing)

    assert not is_running(pid_of("database"))
    assert not (tmp_path / "gateway.pid").exists()


def test_says_what_cannot_be_run(tmp_path: Path) -> None:
    absent = Process(name="absent", command=("/no/such/program",), readiness=Succeeds(("true",)))

    with pytest.raises(
        CommandFailed, match=r"^absent did not start: it ended with 127: .*No such file.*no/such/program"
    ):
        supervise([absent], tmp_path, nothing)


def test_another_program_on_its_port_does_not_make_it_ready(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(child_module, "READY_SECONDS_MAX", 1)
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        late = Process(name="late", command=("sleep", "60"), port=port, readiness=Connects(port))

        with pytest.raises(CommandFailed, match="late did not start: it was not ready within"):
            supervise([late], tmp_path, nothing)


def test_gives_up_on_what_is_never_ready(
    small_program: SmallProgram, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(child_module, "READY_SECONDS_MAX", 0.2)
    deaf = Process(name="deaf", command=("sleep", "60"), readiness=Succeeds(("false",)))

    with pytest.raises(CommandFailed, match="deaf did not start: it was not ready within"):
        supervise([deaf], tmp_path, nothing)


def test_a_task_runs_once_before_those_that_need_it(small_program: SmallProgram, story: Path, tmp_path: Path) -> None:
    prepare = Process(name="prepare", command=("sh", "-c", f"echo prepared >> {story}"))

    supervisor = supervise([small_program("service", after=("prepare",)), prepare], tmp_path, nothing)

    assert story.read_text().splitlines() == ["prepared", "service begins", "service ends"]
    assert supervisor.children["prepare"].starts == 1


def test_a_task_that_fails_ends_the_start(tmp_path: Path) -> None:
    prepare = Process(name="prepare", command=("sh", "-c", "echo 'no such table' >&2; exit 3"))

    with pytest.raises(CommandFailed, match="prepare did not start: it ended with 3: no such table"):
        supervise([prepare], tmp_path, nothing)


def test_kills_what_does_not_stop_and_its_children(tmp_path: Path) -> None:
    stubborn = Process(
        name="stubborn",
        command=("sh", "-c", f"trap '' TERM; sleep 60 & echo $! > {tmp_path}/grandchild; wait; wait"),
        readiness=Succeeds(("test", "-s", f"{tmp_path}/grandchild")),
        stop_seconds_max=0.3,
    )

    supervise([stubborn], tmp_path, nothing)

    wait_until(lambda: not is_running(int((tmp_path / "grandchild").read_text())))


def test_a_stop_in_the_middle_of_the_start_leaves_nothing(
    small_program: SmallProgram, pid_of: Callable[[str], int], tmp_path: Path
) -> None:
    async def stop_early() -> None:
        stop = asyncio.Event()
        never = Process(name="never", command=("sleep", "60"), readiness=Succeeds(("false",)), after=("database",))
        supervisor = Supervisor(
            [small_program("database"), never, small_program("gateway", after=("never",))], tmp_path, lambda _: None
        )
        running = asyncio.create_task(supervisor.run(stop, lambda: None))
        await until(lambda: supervisor.children["never"].state is State.STARTING)
        stop.set()
        await running
        assert [child.state for child in supervisor.children.values()] == [State.STOPPED] * 3

    asyncio.run(stop_early())

    assert not is_running(pid_of("database"))
    assert not (tmp_path / "gateway.pid").exists()


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux kills children with their parent")
def test_no_child_outlives_a_killed_supervisor(tmp_path: Path) -> None:
    program = """
import asyncio, pathlib, sys
from cli.process import Process
from cli.readiness import Succeeds
from cli.supervisor import Supervisor
sleepers = [Process(name=f"p{n}", command=("sleep", "60"), readiness=Succeeds(("true",))) for n in range(3)]
async def run():
    supervisor = Supervisor(sleepers, pathlib.Path(sys.argv[1]), lambda _: None)
    await supervisor.run(asyncio.Event(), lambda: print("ready", flush=True))
asyncio.run(run())
"""
    with subprocess.Popen([sys.executable, "-c", program, str(tmp_path)], stdout=subprocess.PIPE) as supervisor:
        assert supervisor.stdout is not None
        assert supervisor.stdout.readline() == b"ready\n"
        children = [child.pid for child in psutil.Process(supervisor.pid).children()]
        assert len(children) == 3

        supervisor.kill()
        supervisor.wait()

    wait_until(lambda: not any(is_running(pid) for pid in children))
