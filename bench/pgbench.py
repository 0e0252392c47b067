"""PostgreSQL by itself: what can be had from the same server, the same tables and the same role."""

import os
import re
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from bench.house import House
from bench.shop import SQL, fill

PROCESSED = re.compile(r"transactions actually processed: (\d+)")
RATE = re.compile(r"tps = ([0-9.]+) \(without initial connection time\)")
LATENCY = re.compile(r"latency average = ([0-9.]+) ms")
FAILED = re.compile(r"number of failed transactions: (\d+)")


@dataclass(frozen=True)
class Played:
    """Transactions in all and per second; latencies in ms, the mean, and the middle where each one was noted."""

    transactions: int
    per_second: float
    mean: float
    p50: float | None = None


def run_pgbench(
    house: House,
    script: str,
    places: dict[str, str],
    *,
    clients: int,
    run: int,
    seconds: int = 0,
    transactions: int = 0,
    note_each: bool = False,
) -> Played:
    """Play a script for so many seconds, or so many times. Raises RuntimeError when any transaction failed."""
    with TemporaryDirectory() as folder:
        file = Path(folder) / f"{script}.sql"
        file.write_text(fill((SQL / f"{script}.sql").read_text(), places))
        length = f"--time={seconds}" if seconds else f"--transactions={transactions}"
        notes = ("--log", f"--log-prefix={folder}/notes") if note_each else ()
        said = subprocess.run(
            command(house, file, clients, run, length, *notes),
            env=os.environ | {"PGPASSWORD": house.settings.app_password.get_secret_value()},
            capture_output=True,
            text=True,
            check=False,
        )
        noted = [micros for one in Path(folder).glob("notes*") for micros in latencies(one)]
    processed, rate, latency = (pattern.search(said.stdout) for pattern in (PROCESSED, RATE, LATENCY))
    failed = FAILED.search(said.stdout)
    if said.returncode or not (processed and rate and latency) or failed is None or int(failed[1]):
        raise RuntimeError(f"pgbench {script}: {said.stderr[-500:] or 'no transaction was done'} {said.stdout[-500:]}")
    p50 = median(noted) / 1000 if noted else None
    return Played(int(processed[1]), float(rate[1]), float(latency[1]), p50)


def latencies(file: Path) -> Iterator[int]:
    """Of each transaction that pgbench noted, in microseconds: the third of a line's columns."""
    for line in file.read_text().splitlines():
        yield int(line.split()[2])


def command(house: House, file: Path, clients: int, run: int, *options: str) -> list[str]:
    """The command line: prepared statements over TCP, as the role that services run as."""
    return [
        str(house.postgres.programs / "pgbench"),
        *("--no-vacuum", "--protocol=prepared", f"--client={clients}", f"--jobs={min(2, clients)}", *options),
        *(f"--define=run={run}", "--define=n=0", f"--file={file}"),
        *("--host=127.0.0.1", f"--port={house.ports['postgres']}", "--username=wafa_app", "wafa_loyalty"),
    ]
