"""The measurements: what is run, and what comes of one run of it."""

import json
import subprocess
import sys
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from statistics import median, quantiles
from typing import Any, Literal

from bench.cpu import Meter, Spent
from bench.house import House
from bench.pace import Pace
from bench.pgbench import run_pgbench
from bench.shop import Shop
from bench.tills import Job, Shift
from contracts import internal

CLIENT_SECONDS_MAX = 120
SCOPES = "points:read points:write purchases:read purchases:write"


@dataclass(frozen=True)
class Run:
    """One run of one measurement: how much was done, all in all and per second of the measured ones.

    Latencies in ms; CPU in ms for each thing done, by process; `others` is the share of the machine that others took.
    """

    done: int
    per_second: float
    latency_p50: float
    latency_p99: float | None
    cpu: dict[str, float]
    others: float


@dataclass(frozen=True)
class Measure:
    """Something to measure; `take` is told the number of the run, which makes its receipts unlike all others.

    `records` says in whose books it leaves purchases.
    """

    name: str
    title: str
    take: Callable[[int], Run]
    records: Literal["pgbench", "service", "nobody"]


Runs = Mapping[str, Sequence[Run]]


def take_rounds(
    measures: Sequence[Measure], rounds: int, before_each: Callable[[], None], first_number: int = 100
) -> dict[str, list[Run]]:
    """Rounds in which each measurement has its turn, each round beginning with another one."""
    runs: dict[str, list[Run]] = defaultdict(list)
    number = first_number
    for turn in range(rounds):
        before_each()
        shift = turn * len(measures) // rounds
        for measure in [*measures[shift:], *measures[:shift]]:
            number += 1
            run = measure.take(number)
            runs[measure.name].append(run)
            print(f"  round {turn + 1}: {measure.title}: {run.per_second:,.0f}/s, {run.latency_p50:.2f} ms", flush=True)
    return runs


def summary(title: str, own: Sequence[Run]) -> dict[str, Any]:
    """One measurement's figures: medians over the rounds."""
    tails = [run.latency_p99 for run in own if run.latency_p99 is not None]
    return {
        "title": title,
        "rounds": len(own),
        "per_second": round(median(run.per_second for run in own)),
        "slowest_and_fastest": [round(extreme(run.per_second for run in own)) for extreme in (min, max)],
        "latency_p50_ms": round(median(run.latency_p50 for run in own), 2),
        "latency_p99_ms": round(median(tails), 2) if tails else None,
        "cpu_ms": {name: round(median(run.cpu[name] for run in own), 3) for name in own[0].cpu},
        "others": round(median(run.others for run in own), 2),
    }


def pgbench(
    house: House, shop: Shop, pace: Pace, name: str, title: str, *, script: str, clients: int, batch: int = 1
) -> Measure:
    """PostgreSQL alone. It tells the mean latency of a transaction; where there is one client, the middle one."""

    def take(run: int) -> Run:
        meter = Meter(house.processes)
        places = {**shop.places, "batch": str(batch)}
        played = run_pgbench(
            house, script, places, clients=clients, run=run, seconds=pace.seconds, note_each=clients == 1
        )
        spent = meter.read()
        done = played.transactions * batch
        return Run(
            done, played.per_second * batch, played.p50 or played.mean, None, for_each(spent, done), spent.others
        )

    return Measure(name, title, take, "nobody" if script == "read" else "pgbench")


def tills(
    house: House, shop: Shop, pace: Pace, name: str, title: str, *, to: str, job: Job, connections: int
) -> Measure:
    """Requests over HTTP, straight to loyalty or through the gateway. Latencies are of a request.

    Batches are few and large: they are counted for three times as long.
    """

    def take(run: int) -> Run:
        shift = Shift(
            host="127.0.0.1",
            port=house.ports[to],
            headers=headers(house, to),
            job=job,
            connections=connections,
            customers=shop.customers,
            run=run,
            warmup_seconds=pace.warmup_seconds,
            seconds=pace.seconds * (3 if job == "batch" else 1),
        )
        meter = Meter(house.processes)
        takings = work("bench.tills", asdict(shift))
        spent = meter.read()
        if takings["refused"]:
            raise RuntimeError(f"{name} was refused: {takings['refused']}")
        p50, p99 = percentiles(takings["latencies"])
        return Run(
            done=takings["done"],
            per_second=takings["done_measured"] / takings["seconds"],
            latency_p50=p50,
            latency_p99=p99,
            cpu=for_each(spent, takings["done"]),
            others=spent.others,
        )

    return Measure(name, title, take, "service" if job in ("purchase", "batch") else "nobody")


def percentiles(seconds: Sequence[float]) -> tuple[float, float]:
    """The middle and the 99th of a hundred, in ms. Raises RuntimeError when there are too few."""
    if len(seconds) < 2:
        raise RuntimeError("the machine is too busy to measure anything")
    found = quantiles(seconds, n=100)
    return found[49] * 1000, found[98] * 1000


def headers(house: House, to: str) -> dict[str, str]:
    """To the gateway, wherever it runs, a key; to loyalty, what the gateway would say of it."""
    if to in ("gateway", "together"):
        return {"authorization": f"Bearer {house.api_key}"}
    return {
        internal.TOKEN: house.settings.internal_token.get_secret_value(),
        internal.TENANT: house.tenant_id,
        internal.ACTOR: "key_bench",
        internal.SCOPES: SCOPES,
        internal.LIVEMODE: "false",
    }


def work(module: str, order: dict[str, Any]) -> dict[str, Any]:
    """Have a process of its own carry out an order of JSON, and read what it says."""
    said = subprocess.run(
        [sys.executable, "-m", module],
        input=json.dumps(order),
        capture_output=True,
        text=True,
        timeout=CLIENT_SECONDS_MAX,
        check=False,
    )
    if said.returncode:
        raise RuntimeError(f"{module} failed: {' '.join(said.stderr.splitlines()[-1:])}")
    answer: dict[str, Any] = json.loads(said.stdout)
    return answer


def for_each(spent: Spent, done: int) -> dict[str, float]:
    """Milliseconds of CPU for each thing done, by process and for the clients."""
    seconds = {**spent.by_process, "clients": spent.by_clients}
    return {name: used * 1000 / max(1, done) for name, used in seconds.items()}
