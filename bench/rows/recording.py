"""P1 to P5: recording purchases and reading balances, against PostgreSQL doing the same; one house, interleaved."""

from collections.abc import Callable, Collection, Iterator, Sequence
from functools import partial
from statistics import median

from bench.checks import Check, Outcome, at_least, at_most, middle
from bench.house import House, open_house
from bench.measures import Measure, Run, Runs, pgbench, summary, take_rounds, tills
from bench.pace import Pace
from bench.rows.unchanged import ask_unchanged
from bench.shop import Shop, open_shop, settle, stock
from bench.soundness import prove
from bench.tills import BATCH

NEEDS = {
    "P1": ("naive", "fn", "loyalty_64"),
    "P2": ("loyalty_64", "gateway_64", "together_64", "loyalty_1", "gateway_1"),
    "P3": ("set", "loyalty_batch", "loyalty_64"),
    "P4": ("fn_1", "loyalty_1"),
    "P5": ("read", "balance_64"),
}


def measure(rows: Collection[str], pace: Pace) -> Iterator[tuple[str, Outcome]]:
    """Measure what the rows need, prove the books, and judge each row."""
    with open_house(together="P2" in rows) as house:
        shop = stock(house, open_shop(house, pace.customers))
        needed = {name for row in rows for name in NEEDS[row]}
        planned = [one for one in measures(house, shop, pace) if one.name in needed]
        runs = take_rounds(planned, pace.rounds, before_each=lambda: settle(house))
        prove_recorded(house, shop, planned, runs)
        more = {"P5": ask_unchanged(house, shop)} if "P5" in rows else {}
    titles = {one.name: one.title for one in planned}
    for row in rows:
        figures = {name: summary(titles[name], runs[name]) for name in NEEDS[row]}
        yield row, Outcome([*JUDGES[row](runs), *more.get(row, [])], figures)


def measures(house: House, shop: Shop, pace: Pace) -> list[Measure]:
    """Everything that is measured here, in the order of the report."""
    database = partial(pgbench, house, shop, pace)
    till = partial(tills, house, shop, pace)
    return [
        database("naive", "pgbench, one statement at a time, 8 clients", script="naive", clients=8),
        database("fn", "pgbench, one function call per purchase, 8 clients", script="fn", clients=8),
        database("fn_1", "pgbench, one function call per purchase, 1 client", script="fn", clients=1),
        database("set", "pgbench, set-based, 500 per transaction, 4 clients", script="set", clients=4, batch=BATCH),
        database("read", "pgbench, reading a balance, 64 clients", script="read", clients=64),
        till("loyalty_1", "loyalty, one by one, 1 connection", to="loyalty", job="purchase", connections=1),
        till("loyalty_64", "loyalty, one by one, 64 connections", to="loyalty", job="purchase", connections=64),
        till("loyalty_batch", "loyalty, batches of 500, 4 connections", to="loyalty", job="batch", connections=4),
        till("balance_64", "loyalty, reading a balance, 64 connections", to="loyalty", job="balance", connections=64),
        till("gateway_1", "gateway, one by one, 1 connection", to="gateway", job="purchase", connections=1),
        till("gateway_64", "gateway, one by one, 64 connections", to="gateway", job="purchase", connections=64),
        till("together_64", "all in one, one by one, 64 connections", to="together", job="purchase", connections=64),
    ]


def prove_recorded(house: House, shop: Shop, planned: Sequence[Measure], runs: Runs) -> None:
    """All that was acknowledged is in the books, once. Raises Unsound."""
    recorded = {"pgbench": shop.customers, "service": shop.by_service, "nobody": 0}
    for one in planned:
        recorded[one.records] += sum(run.done for run in runs[one.name])
    prove(house, {shop.pgbench_tenant: recorded["pgbench"], house.tenant_id: recorded["service"]})


def rate(own: Run, base: Run) -> float:
    """How many times as many per second."""
    return own.per_second / base.per_second


def later(own: Run, base: Run) -> float:
    """How many ms later the middle answer came."""
    return own.latency_p50 - base.latency_p50


def single(runs: Runs) -> list[Check]:
    """P1."""
    own = runs["loyalty_64"]
    return [
        at_least("× fn", middle(own, runs["fn"], rate), 1.0),
        at_least("× naive", middle(own, runs["naive"], rate), 2.0),
        at_most("p99 ÷ p50", median((run.latency_p99 or 0) / run.latency_p50 for run in own), 3.0),
        at_most("Python's CPU per purchase", median(run.cpu["loyalty"] for run in own), 0.2, "ms"),
    ]


def gateway(runs: Runs) -> list[Check]:
    """P2."""
    own = runs["gateway_64"]
    return [
        at_least("as its own process × P1", middle(own, runs["loyalty_64"], rate), 0.55),
        at_most("p50 added, 1 connection", middle(runs["gateway_1"], runs["loyalty_1"], later), 0.15, "ms"),
        at_most("its CPU per purchase", median(run.cpu["gateway"] for run in own), 0.10, "ms"),
        at_least("mounted in one process × P1", middle(runs["together_64"], runs["loyalty_64"], rate), 0.93),
    ]


def batches(runs: Runs) -> list[Check]:
    """P3."""
    own = runs["loyalty_batch"]
    return [
        at_least("× set", middle(own, runs["set"], rate), 0.4),
        at_least("× P1", middle(own, runs["loyalty_64"], rate), 1.8),
    ]


def alone(runs: Runs) -> list[Check]:
    """P4."""
    return [at_most("p50 minus fn's", middle(runs["loyalty_1"], runs["fn_1"], later), 1.0, "ms")]


def balances(runs: Runs) -> list[Check]:
    """P5, but for what is said of answers that nothing changed."""
    return [at_least("× pgbench's read", middle(runs["balance_64"], runs["read"], rate), 0.15)]


JUDGES: dict[str, Callable[[Runs], list[Check]]] = {
    "P1": single,
    "P2": gateway,
    "P3": batches,
    "P4": alone,
    "P5": balances,
}
