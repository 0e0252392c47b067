"""P11: what a shop does all day, at half of the rate at which the gateway takes purchases one by one."""

from collections.abc import Collection, Iterator
from dataclasses import asdict
from statistics import median, quantiles
from typing import Any

from bench.checks import Outcome, at_most
from bench.house import House, open_house
from bench.measures import headers, summary, tills, work
from bench.pace import Pace
from bench.shop import Shop, open_shop, settle, stock
from bench.soundness import prove
from bench.steady import Order

MIX = {"earn": 70, "quote": 10, "hold": 15, "return": 5}
SHARE_OF_P2 = 0.5
CONNECTIONS = 64
# A round of a steady pace is longer: its slowest answers are what is asked for.
TIMES_LONGER = 3


def measure(_rows: Collection[str], pace: Pace) -> Iterator[tuple[str, Outcome]]:
    """In each round, find how much the gateway takes, then come half as often."""
    with open_house() as house:
        shop = stock(house, open_shop(house, pace.customers))
        full = tills(
            house,
            shop,
            pace,
            "gateway_full",
            "gateway, one by one, 64 connections, before the mixed load",
            to="gateway",
            job="purchase",
            connections=CONNECTIONS,
        )
        runs, mixed = [], []
        for turn in range(pace.rounds):
            settle(house)
            runs.append(full.take(100 + turn))
            mixed.append(steady(house, shop, pace, runs[-1].per_second * SHARE_OF_P2, run=200 + turn))
            print(f"  round {turn + 1}: {mixed[-1]}", flush=True)
        bought = sum(run.done for run in runs) + sum(each["purchases"] for each in mixed)
        prove(house, {house.tenant_id: shop.by_service + bought})
    p95 = median(each["p95_ms"] for each in mixed)
    errors = sum(sum(each["refused"].values()) for each in mixed)
    figures = {"gateway_full": summary(full.title, runs), "rounds": mixed}
    yield "P11", Outcome([at_most("p95", p95, 50, "ms"), at_most("errors", errors, 0, "")], figures)


def steady(house: House, shop: Shop, pace: Pace, per_second: float, *, run: int) -> dict[str, Any]:
    """One round of the mix: latencies in ms of all requests, and of each kind."""
    order = Order(
        host="127.0.0.1",
        port=house.ports["gateway"],
        headers=headers(house, "gateway"),
        mix=MIX,
        per_second=per_second,
        connections=CONNECTIONS,
        customers=shop.customers,
        run=run,
        warmup_seconds=pace.warmup_seconds,
        seconds=pace.seconds * TIMES_LONGER,
    )
    found = work("bench.steady", asdict(order))
    every = [seconds for of_kind in found["latencies"].values() for seconds in of_kind]
    return {
        "deeds_per_second": round(per_second),
        "requests": len(every),
        "purchases": found["purchases"],
        "p95_ms": round(p95_ms(every), 2),
        "p95_ms_by_deed": {deed: round(p95_ms(took), 2) for deed, took in found["latencies"].items()},
        "refused": found["refused"],
    }


def p95_ms(seconds: list[float]) -> float:
    """The 95th of a hundred, in ms. Raises RuntimeError when there are too few."""
    if len(seconds) < 2:
        raise RuntimeError("the machine is too busy to measure anything")
    return quantiles(seconds, n=100)[94] * 1000
