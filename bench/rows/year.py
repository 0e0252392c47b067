"""P8's second half, P9 and P10: the demo's year on the system as `wafa up` runs it, in a home of its own."""

import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import mean
from typing import Any

import psutil

from bench.backtest import Played, play_both
from bench.checks import Check, Outcome, at_most
from bench.pace import Pace
from bench.rows.deciding import evaluation_micros
from bench.soundness import Unsound
from cli.home import Home
from cli.ports import any_free_port
from cli.status import memory_bytes, proportional_bytes
from cli.status_file import read_status

MEGABYTE = 1_000_000
LOOK_SECONDS = 5.0
# Keep what they are told, so they grow until they have all they may keep.
STORES = ("postgres", "broker")
WAITING = ("queued", "sending")


def measure(rows: Collection[str], pace: Pace) -> Iterator[tuple[str, Outcome]]:
    """Start the system, play the year, prove it, look at its memory, backtest it, stop the system."""
    if "P8" in rows:
        micros = evaluation_micros(pace)
    with home_of_its_own() as home:
        ready_seconds = timed(home, "-m", "cli", "up", "--detach", "--port", str(any_free_port()))
        played, memory = play_year(home, pace)
        print(f"  {played}", flush=True)
        after = memory_by_process(home)
        if not played["sound"]:
            raise Unsound("the year's answers and the services' books disagree")
        verify_seconds = prove_year(home)
        tests = backtests(home) if "P8" in rows else []
    if "P8" in rows:
        yield "P8", Outcome([at_most("evaluate", micros, 60, "µs"), *backtest_checks(tests)], figures_of(tests))
    if "P9" in rows:
        yield "P9", Outcome(year_checks(played, verify_seconds), {**played, "verify_seconds": round(verify_seconds, 1)})
    if "P10" in rows:
        few = memory_together(pace)
        figures = {"megabytes": in_megabytes(after), "megabytes_together": in_megabytes(few)}
        yield "P10", Outcome(memory_checks(after, few, memory, ready_seconds), figures)


@contextmanager
def home_of_its_own() -> Iterator[Home]:
    """A home on the disk of /var/tmp, whose run is stopped and whose data is deleted afterwards."""
    home = Home(Path(tempfile.mkdtemp(prefix="wafa-bench-", dir="/var/tmp")))
    home.create()
    try:
        yield home
    finally:
        subprocess.run([sys.executable, "-m", "cli", "down"], env=environment(home), check=False)
        shutil.rmtree(home.path, ignore_errors=True)


def environment(home: Home) -> dict[str, str]:
    """Ours, and this home instead of any other system."""
    others = {name: value for name, value in os.environ.items() if not name.startswith("WAFA_")}
    return others | {"WAFA_HOME": str(home.path)}


def timed(home: Home, *command: str) -> float:
    """The seconds that a command of ours takes. Raises RuntimeError when it fails."""
    began = time.monotonic()
    said = subprocess.run(
        [sys.executable, *command], env=environment(home), capture_output=True, text=True, check=False
    )
    if said.returncode:
        raise RuntimeError(f"{' '.join(command)}: {said.stdout[-500:]} {said.stderr[-500:]}")
    return time.monotonic() - began


def play_year(home: Home, pace: Pace) -> tuple[dict[str, Any], list[dict[str, int]]]:
    """Play, and look at the memory all the while."""
    baskets = [] if pace.baskets is None else [str(pace.baskets)]
    looks = []
    with tempfile.TemporaryFile("w+") as said:
        player = subprocess.Popen(
            [sys.executable, "-m", "bench.year_player", *baskets], env=environment(home), stdout=said, stderr=said
        )
        try:
            while player.poll() is None:
                looks.append(memory_by_process(home))
                time.sleep(LOOK_SECONDS)
        finally:
            player.terminate()
        said.seek(0)
        lines = said.read().splitlines()
    if player.returncode:
        raise RuntimeError(f"the year was not played: {lines[-5:]}")
    played: dict[str, Any] = json.loads(lines[-1])
    return played, looks


def memory_together(pace: Pace) -> dict[str, int]:
    """Bytes of each process after the same year on a system of few processes."""
    with home_of_its_own() as home:
        timed(home, "-m", "cli", "up", "--together", "--detach", "--port", str(any_free_port()))
        played, _looks = play_year(home, pace)
        if not played["sound"]:
            raise Unsound("the year's answers and the services' books disagree, in one process")
        return memory_by_process(home)


def in_megabytes(used: dict[str, int]) -> dict[str, int]:
    """For people."""
    return {name: round(each / MEGABYTE) for name, each in used.items()}


def memory_by_process(home: Home) -> dict[str, int]:
    """Bytes of each process, pages divided among those that share them, as `wafa status` tells."""
    status = read_status(home)
    assert status is not None, "a run writes its status"
    used = {process.name: memory_bytes(process) for process in status.processes}
    return {"supervisor": proportional_bytes(psutil.Process(status.pid)), **used}


def prove_year(home: Home) -> float:
    """The seconds of `wafa verify`. Raises Unsound when it finds anything."""
    try:
        return timed(home, "-m", "cli", "verify", "--wait", "0")
    except RuntimeError as error:
        raise Unsound(str(error)) from error


def backtests(home: Home) -> list[Played]:
    """The year's backtest, of a draft and of the live version."""
    access = home.access
    assert access is not None, "a run leaves access.json"
    return list(play_both(access["gateway_url"], access["api_key"]))


def backtest_checks(tests: list[Played]) -> list[Check]:
    """P8: the slower of the two."""
    return [at_most("backtest of the year", max(test.seconds for test in tests), 20, "s")]


def figures_of(tests: list[Played]) -> dict[str, Any]:
    """How much was played, and how fast."""
    return {test.title: {"purchases": test.purchases, "seconds": round(test.seconds, 1)} for test in tests}


def year_checks(played: dict[str, Any], verify_seconds: float) -> list[Check]:
    """P9."""
    return [
        at_most("accepted", played["accepted_seconds"], 60, "s"),
        at_most("drained in all services", played["drained_seconds"], 180, "s"),
        at_most("events that never arrived", played["events_waiting"], 0, ""),
        at_most("messages that never left", sum(played["messages"].get(state, 0) for state in WAITING), 0, ""),
        at_most("wafa verify", verify_seconds, 20, "s"),
    ]


def memory_checks(
    after: dict[str, int], few: dict[str, int], looks: list[dict[str, int]], ready_seconds: float
) -> list[Check]:
    """P10. The second quarter of the year beside its last shows what grows with what was done."""
    quarter = max(1, len(looks) // 4)
    early, late = looks[quarter : 2 * quarter] or looks, looks[-quarter:]
    return [
        at_most("whole system after the year", sum(after.values()) / MEGABYTE, 1200, "MB"),
        at_most("all apps in one process, after the year", sum(few.values()) / MEGABYTE, 500, "MB"),
        at_most("ready", ready_seconds, 20, "s"),
        at_most("our processes, last quarter of the year ÷ second", our_own(late) / our_own(early), 1.25),
    ]


def our_own(looks: list[dict[str, int]]) -> float:
    """The mean of what all processes but the stores used."""
    return mean(sum(used for name, used in look.items() if name not in STORES) for look in looks)
