"""PostgreSQL by itself: what can be had from the same server, the same tables and the same role."""

import os
import re
import subprocess
from pathlib import Path
from tempfile import TemporaryDirectory

from bench.house import House
from bench.rows import SQL, fill

PROCESSED = re.compile(r"transactions actually processed: (\d+)")
RATE = re.compile(r"tps = ([0-9.]+) \(without initial connection time\)")
LATENCY = re.compile(r"latency average = ([0-9.]+) ms")
FAILED = re.compile(r"number of failed transactions: (\d+)")


def run_pgbench(
    house: House, script: str, places: dict[str, str], *, clients: int, seconds: int, run: int
) -> tuple[int, float, float]:
    """Transactions in all, per second, and their mean latency in ms. Raises RuntimeError when any of them failed."""
    with TemporaryDirectory() as folder:
        file = Path(folder) / f"{script}.sql"
        file.write_text(fill((SQL / f"{script}.sql").read_text(), places))
        said = subprocess.run(
            command(house, file, clients, seconds, run),
            env=os.environ | {"PGPASSWORD": house.settings.app_password.get_secret_value()},
            capture_output=True,
            text=True,
            check=False,
        )
    processed, rate, latency = (pattern.search(said.stdout) for pattern in (PROCESSED, RATE, LATENCY))
    failed = FAILED.search(said.stdout)
    if said.returncode or not (processed and rate and latency) or failed is None or int(failed[1]):
        raise RuntimeError(f"pgbench: {said.stdout[-500:]} {said.stderr[-500:]}")
    return int(processed[1]), float(rate[1]), float(latency[1])


def command(house: House, file: Path, clients: int, seconds: int, run: int) -> list[str]:
    """The command line: prepared statements over TCP, as the role that services run as."""
    return [
        str(house.postgres.programs / "pgbench"),
        *("--no-vacuum", "--protocol=prepared", f"--client={clients}", "--jobs=2", f"--time={seconds}"),
        *(f"--define=run={run}", "--define=n=0", f"--file={file}"),
        *("--host=127.0.0.1", f"--port={house.ports['postgres']}", "--username=wafa_app", "wafa_loyalty"),
    ]
