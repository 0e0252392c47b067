"""The nursery: forks behave as processes started by `python -m` would, and none outlives the others unseen."""

import asyncio
import json
import os
import signal
import subprocess
import sys
from collections import defaultdict
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest

from cli import child as child_module
from cli.child import State
from cli.fork_server import ForkServer
from cli.home import CommandFailed
from cli.process import Process
from cli.processes import shared_modules, ten_of_ours, two_of_ours
from cli.readiness import Succeeds
from cli.supervisor import Supervisor
from tests.cli.conftest import is_running, wait_until

pytestmark = [
    pytest.mark.system,
    pytest.mark.skipif(sys.platform != "linux", reason="only on Linux are our processes forked"),
]


@pytest.fixture(autouse=True)
def short_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(child_module, "PAUSE_SECONDS_FIRST", 0.05)


@pytest.fixture
def module(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], str]:
    """Writes a module that a nursery can find, and answers its name."""
    monkeypatch.setenv("PYTHONPATH", f"{tmp_path}{os.pathsep}{Path.cwd()}")

    def write(program: str) -> str:
        (tmp_path / "a_module_of_ours.py").write_text(program)
        return "a_module_of_ours"

    return write


def forked(name: str, module: str, *arguments: str, ready_when: Path | None = None, **environment: str) -> Process:
    """A process to be forked."""
    return Process(
        name=name,
        command=(sys.executable, "-m", module, *arguments),
        environment=environment,
        readiness=Succeeds(("test", "-s", str(ready_when))) if ready_when else None,
        forked=True,
    )


def run_tasks(logs: Path, *tasks: Process, loaded: tuple[str, ...] = ()) -> None:
    """Run tasks to their ends."""
    asyncio.run(run_until_ready(logs, tasks, lambda _: None, *loaded))


async def run_until_ready(
    logs: Path, processes: tuple[Process, ...], use: Callable[[Supervisor], object], *loaded: str
) -> None:
    """Start processes, use them in a thread, and stop them. The nursery has loaded some modules before."""
    supervisor = Supervisor(processes, logs, lambda _: None, ["kernel.ids", *loaded])
    try:
        await supervisor.start()
        await asyncio.to_thread(use, supervisor)
    finally:
        await supervisor.stop()
        await supervisor.fork_server.close()


SAYS = """
import json, os, sys, __main__
if __name__ == "__main__":
    print(json.dumps({
        "arguments": sys.argv[1:], "word": os.environ["WORD"], "leads": os.getpgid(0) == os.getpid(),
        "main": __main__.__file__, "input": sys.stdin.read(), "name": open("/proc/self/comm").read().strip(),
        "parent": os.getppid(),
    }))
    print("to stderr", file=sys.stderr)
"""


def test_a_fork_has_its_own_environment_log_name_and_group(module: Callable[[str], str], tmp_path: Path) -> None:
    run_tasks(tmp_path, forked("loyalty-worker", module(SAYS), "one", "two", WORD="وفاء"))

    errors, said = sorted((tmp_path / "loyalty-worker.log").read_text().splitlines(), key=len)
    assert errors == "to stderr"
    told = json.loads(said)
    assert told.pop("parent") != os.getpid()
    assert told == {
        "arguments": ["one", "two"],
        "word": "وفاء",
        "leads": True,
        "main": str(tmp_path / "a_module_of_ours.py"),
        "input": "",
        "name": "loyalty-worker",
    }


LOADED_BY = """
import os
import a_part
if __name__ == "__main__":
    print("itself" if a_part.loaded_by == os.getpid() else "nursery" if a_part.loaded_by == os.getppid() else "?")
"""


@pytest.mark.parametrize(("before", "by"), [(False, "itself"), (True, "nursery")])
def test_a_program_that_is_loaded_before_shares_its_parts_and_runs_anew(
    module: Callable[[str], str], tmp_path: Path, *, before: bool, by: str
) -> None:
    (tmp_path / "a_part.py").write_text("import os\nloaded_by = os.getpid()\n")
    name = module(LOADED_BY)
    run_tasks(tmp_path, forked("app", name), loaded=(name,) if before else ())
    assert (tmp_path / "app.log").read_text().splitlines() == [by]


def test_an_exit_code_and_a_traceback_come_through(module: Callable[[str], str], tmp_path: Path) -> None:
    with pytest.raises(CommandFailed, match=r"^prepare did not start: it ended with 1: ValueError: no such table \("):
        run_tasks(tmp_path, forked("prepare", module("raise ValueError('no such table')")))

    with pytest.raises(CommandFailed, match="it ended with 7"):
        run_tasks(tmp_path, forked("prepare", module("import sys; sys.exit(7)")))


MAKES_IDS = """
import sys
from pathlib import Path
from random import random
from uuid import uuid4
from kernel.ids import new_id
Path(sys.argv[1]).write_text("\\n".join([str(random()), str(uuid4()), *(new_id("evt") for _ in range(20_000))]))
"""


def test_forks_never_make_the_same_ids(module: Callable[[str], str], tmp_path: Path) -> None:
    files = [tmp_path / f"ids-{number}" for number in range(4)]
    name = module(MAKES_IDS)

    run_tasks(tmp_path, *(forked(f"p{number}", name, str(file)) for number, file in enumerate(files)))

    made = [line for file in files for line in file.read_text().splitlines()]
    assert len(set(made)) == len(made) == 4 * 20_002


WAITS = """
import os, sys, time
from pathlib import Path
Path(sys.argv[1]).write_text(str(os.getpid()))
time.sleep(60)
"""


def test_a_killed_fork_is_started_again(module: Callable[[str], str], tmp_path: Path) -> None:
    pid_file = tmp_path / "pid"

    def kill_it(supervisor: Supervisor) -> None:
        child = supervisor.children["service"]
        first = int(pid_file.read_text())
        assert child.pid == first
        os.kill(first, signal.SIGKILL)
        wait_until(lambda: child.starts == 2 and child.state is State.READY and int(pid_file.read_text()) != first)

    service = forked("service", module(WAITS), str(pid_file), ready_when=pid_file)
    asyncio.run(run_until_ready(tmp_path, (service,), kill_it))

    assert not is_running(int(pid_file.read_text()))


def test_a_killed_nursery_takes_its_forks_along_and_all_start_again(
    module: Callable[[str], str], tmp_path: Path
) -> None:
    files = [tmp_path / "first.pid", tmp_path / "second.pid"]
    name = module(WAITS)

    def kill_it(supervisor: Supervisor) -> None:
        before = [int(file.read_text()) for file in files]
        assert supervisor.fork_server.pid is not None
        os.kill(supervisor.fork_server.pid, signal.SIGKILL)
        wait_until(lambda: not any(is_running(pid) for pid in before))
        wait_until(lambda: all(is_running(int(file.read_text() or "0")) for file in files), seconds=30)

    services = tuple(forked(file.stem, name, str(file), ready_when=file) for file in files)
    asyncio.run(run_until_ready(tmp_path, services, kill_it))

    assert not any(is_running(int(file.read_text())) for file in files)


RUN = """
import asyncio, sys
from pathlib import Path
from cli.process import Process
from cli.readiness import Succeeds
from cli.supervisor import Supervisor
logs = Path(sys.argv[1])
service = Process(
    name="service", command=(sys.executable, "-m", "a_module_of_ours", str(logs / "pid")), forked=True,
    readiness=Succeeds(("test", "-s", str(logs / "pid"))),
)
async def run():
    supervisor = Supervisor([service], logs, lambda _: None)
    await supervisor.run(asyncio.Event(), lambda: print(supervisor.fork_server.pid, flush=True))
asyncio.run(run())
"""


def test_nothing_outlives_a_killed_supervisor(module: Callable[[str], str], tmp_path: Path) -> None:
    module(WAITS)
    with subprocess.Popen([sys.executable, "-c", RUN, str(tmp_path)], stdout=subprocess.PIPE) as supervisor:
        assert supervisor.stdout is not None
        family = [int(supervisor.stdout.readline()), int((tmp_path / "pid").read_text())]
        assert all(is_running(pid) for pid in family)

        supervisor.kill()
        supervisor.wait()

    wait_until(lambda: not any(is_running(pid) for pid in family))


@pytest.fixture(params=[ten_of_ours, two_of_ours])
def loaded(request: pytest.FixtureRequest) -> Iterator[psutil.Process]:
    """A nursery that has loaded all it shares."""
    modules = shared_modules(request.param(defaultdict(int), {}))
    with subprocess.Popen(
        [sys.executable, "-m", "cli.nursery", *modules], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as nursery:
        assert nursery.stdin is not None
        assert nursery.stdout is not None
        wanted = {"name": "n", "module": "this", "arguments": [], "environment": {}, "log": os.devnull}
        nursery.stdin.write(json.dumps(wanted).encode() + b"\n")
        nursery.stdin.flush()
        assert "pid" in json.loads(nursery.stdout.readline())
        yield psutil.Process(nursery.pid)
        nursery.stdin.close()
        assert nursery.wait(10) == 0


def test_the_nursery_has_one_thread_and_no_connections(loaded: psutil.Process) -> None:
    assert loaded.num_threads() == 1
    assert loaded.net_connections() == []


def test_a_dead_nursery_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONPATH", f"{tmp_path}{os.pathsep}{Path.cwd()}")
    (tmp_path / "broken.py").write_text("raise RuntimeError('broken installation')")

    async def spawn() -> None:
        server = ForkServer(tmp_path / "nursery.log", ["broken"])
        with pytest.raises(ChildProcessError, match="the nursery died"):
            await server.spawn(forked("service", "this"), tmp_path / "service.log")
        assert server.pid is None

    asyncio.run(spawn())
    assert "broken installation" in (tmp_path / "nursery.log").read_text()
