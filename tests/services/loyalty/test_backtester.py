"""The processes that play backtests, really started, and killed while they play. Source: docs/rules/backtest.md."""

import os
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Event, Thread

import psutil
import psycopg
import pytest

from chassis.data.database import Database
from chassis.data.known_tenants import learn_tenant
from kernel.ids import TenantId, new_id
from services.loyalty.operations import plan_backtest as planning
from services.loyalty.operations.play_next_slice import TALLY
from services.loyalty.worker import run_backtests
from tests.services.loyalty.operations.test_play_next_slice import DRAFT, LIVE, busy_month, play, step
from tests.services.loyalty.shop import Shop
from tests.support.databases import migrated, started_postgres
from tests.support.waiting import eventually

MODULE = "services.loyalty.backtester"
# A child that waits for a lock has claimed the part it is playing.
WAITING = """
    SELECT count(*) FROM pg_locks l JOIN pg_class c ON c.oid = l.relation WHERE c.relname = 'vouchers' AND NOT l.granted
"""


@pytest.fixture(scope="module")
def server() -> Iterator[Database]:
    """A PostgreSQL of its own: processes find their database by its usual name."""
    with started_postgres() as uri, pytest.MonkeyPatch.context() as patch:
        settings = migrated(uri, "loyalty")
        for name in ("database_host", "database_port"):
            patch.setenv(f"WAFA_{name.upper()}", str(getattr(settings, name)))
        for name in ("owner_password", "app_password", "relay_password", "internal_token"):
            patch.setenv(f"WAFA_{name.upper()}", getattr(settings, name).get_secret_value())
        database = Database(settings, "loyalty")
        yield database
        database.dispose()


@pytest.fixture
def shop(server: Database) -> Shop:
    """A tenant that the processes know of."""
    shop = Shop(server, TenantId(new_id("ten")))
    with server.transaction() as db:
        learn_tenant(db, shop.tenant_id, livemode=False, currency="SAR", time_zone="Asia/Riyadh")
    return shop


class Worker:
    """Has what waits played by processes, as loyalty's worker does."""

    def __init__(self, database: Database) -> None:
        self._stop = Event()
        self._thread = Thread(target=run_backtests, args=(database, self._stop))

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._stop.set()
        if self._thread.ident:
            self._thread.join(60)
        assert not self._thread.is_alive()


@pytest.fixture
def worker(server: Database) -> Iterator[Worker]:
    """All its processes have ended after the test."""
    database = Database(server.settings, "loyalty", pool_size=1)
    worker = Worker(database)
    yield worker
    worker.stop()
    database.dispose()
    assert players() == []


def players() -> list[int]:
    """The processes that play, by their ids."""
    found = []
    for child in psutil.Process().children():
        try:
            if MODULE in child.cmdline() and child.status() != psutil.STATUS_ZOMBIE:
                found.append(child.pid)
        except psutil.NoSuchProcess:
            continue
    return found


@contextmanager
def held_up(server: Database) -> Iterator[Callable[[], int]]:
    """Nobody can play on past the claim of a part; answers how many wait there."""
    assert server.settings.admin_url is not None
    url = server.settings.admin_url.get_secret_value()
    with (
        psycopg.connect(url, dbname=server.name) as holder,
        psycopg.connect(url, dbname=server.name, autocommit=True) as watcher,
    ):
        holder.execute("LOCK TABLE vouchers IN ACCESS EXCLUSIVE MODE")

        def waiting() -> int:
            row = watcher.execute(WAITING).fetchone()
            assert row is not None
            return int(row[0])

        yield waiting
        holder.rollback()


def begun(shop: Shop) -> str:
    """A backtest of many parts, two of which are played."""
    program_id, _live = shop.publish(*LIVE)
    busy_month(shop, 4)
    _program_id, draft = shop.draft(*DRAFT)
    backtest_id = shop.backtest(program_id, draft)
    assert [step(shop, backtest_id) for _number in range(3)] == [True, True, True]
    return backtest_id


def status(shop: Shop, backtest_id: str) -> str:
    (row,) = shop.rows("SELECT status FROM backtests WHERE id = :id", id=backtest_id)
    return str(row["status"])


def test_a_process_killed_in_the_middle_costs_nothing_but_its_part(
    server: Database, shop: Shop, worker: Worker, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(planning, "SLICE_PURCHASES", 5)
    backtest_id = begun(shop)
    before = played(shop, backtest_id)
    with held_up(server) as waiting:
        worker.start()
        eventually(waiting)
        victim = players()[0]
        os.kill(victim, signal.SIGKILL)
        eventually(lambda: victim not in players())
        assert played(shop, backtest_id) == before
    eventually(lambda: status(shop, backtest_id) == "done", seconds=120)

    after = played(shop, backtest_id)
    assert [row for row in after if row in before] == before
    (row,) = shop.rows("SELECT result FROM backtests WHERE id = :id", id=backtest_id)
    again = shop.rows("SELECT program_id, version FROM backtests WHERE id = :id", id=backtest_id)[0]
    alone = play(shop, shop.backtest(again["program_id"], again["version"]))
    assert TALLY.validate_json(row["result"]) == alone
    assert alone.purchases > 0


def test_a_worker_that_is_told_to_stop_leaves_no_process_behind(
    server: Database, shop: Shop, worker: Worker, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(planning, "SLICE_PURCHASES", 5)
    backtest_id = begun(shop)
    with held_up(server) as waiting:
        worker.start()
        eventually(waiting)
        assert players()
        worker.stop()
        assert players() == []
    assert status(shop, backtest_id) == "running"


def played(shop: Shop, backtest_id: str) -> list[tuple[int, str]]:
    """The parts that have a result, and the transaction that wrote each."""
    rows = shop.rows(
        "SELECT number, xmin::text FROM backtest_slices WHERE backtest_id = :id AND result IS NOT NULL ORDER BY number",
        id=backtest_id,
    )
    return [(row["number"], row["xmin"]) for row in rows]
