"""The measurements: what is run, and what comes of one run of it."""

import json
import subprocess
import sys
from collections.abc import Callable
from dataclasses import asdict, dataclass
from statistics import quantiles
from typing import Any

from bench.cpu import Meter, Spent
from bench.house import House
from bench.pgbench import run_pgbench
from bench.tills import Shift
from contracts import internal

SECONDS = 3
WARMUP_SECONDS = 1.0
BATCH = 500
TILLS_SECONDS_MAX = 60


@dataclass(frozen=True)
class Run:
    """One run of one measurement.

    Latencies in ms; CPU in ms per purchase, by process; `others` is the share of the machine that others took.
    """

    purchases: int
    purchases_per_second: float
    latency_p50: float
    latency_p99: float | None
    cpu: dict[str, float]
    others: float


@dataclass(frozen=True)
class Measure:
    """Something to measure; `take` is told the number of the run, which makes its receipts unlike all others."""

    name: str
    title: str
    take: Callable[[int], Run]


def measures(house: House, places: dict[str, str]) -> list[Measure]:
    """Everything that is measured, in the order of the report."""
    return [
        pgbench(house, places, "naive", "pgbench, one statement at a time, 8 clients", clients=8),
        pgbench(house, places, "fn", "pgbench, one function call per purchase, 8 clients", clients=8),
        pgbench(house, places, "set", "pgbench, set-based, 500 per transaction, 4 clients", clients=4, batch=BATCH),
        tills(house, "loyalty_1", "loyalty, one by one, 1 connection", "loyalty", connections=1),
        tills(house, "loyalty_64", "loyalty, one by one, 64 connections", "loyalty", connections=64),
        tills(house, "loyalty_batch", "loyalty, batches of 500, 4 connections", "loyalty", connections=4, batch=BATCH),
        tills(house, "gateway_1", "gateway, one by one, 1 connection", "gateway", connections=1),
        tills(house, "gateway_64", "gateway, one by one, 64 connections", "gateway", connections=64),
        tills(house, "gateway_batch", "gateway, batches of 500, 4 connections", "gateway", connections=4, batch=BATCH),
    ]


def pgbench(house: House, places: dict[str, str], script: str, title: str, *, clients: int, batch: int = 1) -> Measure:
    """PostgreSQL alone. It reports a mean latency, of a transaction."""

    def take(run: int) -> Run:
        meter = Meter(house.processes)
        count, rate, latency = run_pgbench(
            house, script, {**places, "batch": str(batch)}, clients=clients, seconds=SECONDS, run=run
        )
        spent = meter.read()
        return Run(count * batch, rate * batch, latency, None, per_purchase(spent, count * batch), spent.others)

    return Measure(script, title, take)


def tills(house: House, name: str, title: str, process: str, *, connections: int, batch: int = 0) -> Measure:
    """Purchases over HTTP, straight to loyalty or through the gateway. Latencies are of a request."""

    def take(run: int) -> Run:
        shift = Shift(
            host="127.0.0.1",
            port=house.ports[process],
            headers=headers(house, process),
            connections=connections,
            batch=batch,
            run=run,
            warmup_seconds=WARMUP_SECONDS,
            seconds=SECONDS,
        )
        meter = Meter(house.processes)
        takings = work(shift)
        spent = meter.read()
        if takings["refused"]:
            raise RuntimeError(f"{name} was refused: {takings['refused']}")
        if len(takings["latencies"]) < 2:
            raise RuntimeError(f"{name}: the machine is too busy to measure anything")
        percentiles = quantiles(takings["latencies"], n=100)
        return Run(
            purchases=takings["purchases"],
            purchases_per_second=takings["purchases_measured"] / takings["seconds"],
            latency_p50=percentiles[49] * 1000,
            latency_p99=percentiles[98] * 1000,
            cpu=per_purchase(spent, takings["purchases"]),
            others=spent.others,
        )

    return Measure(name, title, take)


def headers(house: House, process: str) -> dict[str, str]:
    """To the gateway, a key; to loyalty, what the gateway would say of it."""
    if process == "gateway":
        return {"authorization": f"Bearer {house.api_key}"}
    return {
        internal.TOKEN: house.settings.internal_token.get_secret_value(),
        internal.TENANT: house.tenant_id,
        internal.ACTOR: "key_bench",
        internal.SCOPES: "purchases:write",
        internal.LIVEMODE: "false",
    }


def work(shift: Shift) -> dict[str, Any]:
    """One shift of the tills, in a process of its own."""
    said = subprocess.run(
        [sys.executable, "-m", "bench.tills"],
        input=json.dumps(asdict(shift)),
        capture_output=True,
        text=True,
        timeout=TILLS_SECONDS_MAX,
        check=False,
    )
    if said.returncode:
        raise RuntimeError(f"the tills failed: {said.stderr[-1000:]}")
    takings: dict[str, Any] = json.loads(said.stdout)
    return takings


def per_purchase(spent: Spent, purchases: int) -> dict[str, float]:
    """Milliseconds of CPU per purchase, by process and for the clients."""
    seconds = {**spent.by_process, "clients": spent.by_clients}
    return {name: used * 1000 / purchases for name, used in seconds.items()}
