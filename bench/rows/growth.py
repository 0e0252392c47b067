"""P6: a database of a million customers and five million entries beside a small one; nothing may depend on the size."""

from collections.abc import Callable, Collection, Iterator
from contextlib import ExitStack
from functools import partial
from statistics import median
from time import perf_counter

import psycopg

from bench.checks import Outcome, at_least, at_most, middle
from bench.house import House, open_house
from bench.measures import Measure, Run, Runs, summary, take_rounds, tills
from bench.pace import Pace
from bench.pgbench import run_pgbench
from bench.shop import Shop, database_url, open_shop, settle, stock
from bench.soundness import Unsound, prove
from chassis.data.database import Database
from kernel.clock import utc_now
from services.loyalty.schedules import expire_all_lots

Compare = Callable[[Run, Run], float]
SMALL, LARGE = "small", "large"
READS = ("balance", "quote", "statement")
BUILDERS, ROWS_AT_ONCE = 2, 2_000
# Lots of different customers come to the end of their lives now. What a wallet says of itself holds until then.
MAKE_DUE = """
    WITH chosen AS (
        SELECT DISTINCT ON (customer_id) customer_id, id FROM lots
        WHERE tenant_id = %(tenant_id)s AND remaining > 0 AND expires_at IS NULL ORDER BY customer_id, id LIMIT %(lots)s
    ), dying AS (
        UPDATE lots SET expires_at = %(at)s FROM chosen
        WHERE lots.tenant_id = %(tenant_id)s AND lots.id = chosen.id
    )
    UPDATE wallets SET settled_until = %(at)s FROM chosen
    WHERE wallets.tenant_id = %(tenant_id)s AND wallets.customer_id = chosen.customer_id
"""
COUNT_ENTRIES = "SELECT count(*) FROM entries"


def measure(_rows: Collection[str], pace: Pace) -> Iterator[tuple[str, Outcome]]:
    """Build the large one with the set-based statements that pgbench is measured by, prove it, and measure both."""
    with ExitStack() as open_things:
        houses = {size: open_things.enter_context(open_house()) for size in (SMALL, LARGE)}
        shops = {
            SMALL: stock(houses[SMALL], open_shop(houses[SMALL], pace.customers, one_tenant=True)),
            LARGE: open_shop(houses[LARGE], pace.grown_customers, one_tenant=True),
        }
        built = grow(houses[LARGE], shops[LARGE], pace)
        planned = [one for size in (SMALL, LARGE) for one in measures(size, houses[size], shops[size], pace)]
        runs = take_rounds(planned, pace.rounds, before_each=lambda: settle_all(houses.values()))
        sweeps = [sweep_both(houses, pace.lots_due) for _ in range(pace.rounds)]
        entries = count_entries(houses[LARGE])
        for size, by_database in ((SMALL, shops[SMALL].customers), (LARGE, built)):
            bought = sum(run.done for run in runs[f"{size}_purchase"])
            prove(houses[size], {houses[size].tenant_id: shops[size].by_service + by_database + bought})
    figures = {
        "entries": entries,
        "customers": pace.grown_customers,
        "sweep_ms_per_lot": {name: round(median(sweep[name] for sweep in sweeps), 4) for name in sweeps[0]},
        **{one.name: summary(one.title, runs[one.name]) for one in planned},
    }
    checks = [
        *(at_most(f"{job} p50, large ÷ small", of_both(runs, job, slower), 1.25) for job in READS),
        at_least("purchases, large ÷ small", of_both(runs, "purchase", faster), 0.85),
        at_most("sweep of a lot, large ÷ small", median(each[LARGE] / each[SMALL] for each in sweeps), 1.25),
        at_most("sweep of a lot, twice as many due", median(each["twice"] / each[LARGE] for each in sweeps), 1.25),
    ]
    yield "P6", Outcome(checks, figures)


def grow(house: House, shop: Shop, pace: Pace) -> int:
    """Record so many purchases of random customers, set-based; returns how many. Their entries are twice as many."""
    transactions = max(1, pace.grown_purchases // (BUILDERS * ROWS_AT_ONCE))
    places = {**shop.places, "batch": str(ROWS_AT_ONCE)}
    played = run_pgbench(house, "set", places, clients=BUILDERS, run=1, transactions=transactions)
    print(f"  built in {played.transactions / played.per_second:,.0f} s", flush=True)
    return played.transactions * ROWS_AT_ONCE


def measures(size: str, house: House, shop: Shop, pace: Pace) -> list[Measure]:
    """Three reads by one reader, and purchases by many."""
    till = partial(tills, house, shop, pace, to="loyalty")
    return [
        till(f"{size}_balance", f"{size} database, reading a balance, 1 connection", job="balance", connections=1),
        till(f"{size}_quote", f"{size} database, a quote, 1 connection", job="quote", connections=1),
        till(f"{size}_statement", f"{size} database, a statement's page, 1 connection", job="statement", connections=1),
        till(f"{size}_purchase", f"{size} database, purchases, 64 connections", job="purchase", connections=64),
    ]


def settle_all(houses: Collection[House]) -> None:
    """Tidy up in both."""
    for house in houses:
        settle(house)


def of_both(runs: Runs, job: str, compare: Compare) -> float:
    """The large database beside the small one, in the middle round."""
    return middle(runs[f"{LARGE}_{job}"], runs[f"{SMALL}_{job}"], compare)


def slower(own: Run, base: Run) -> float:
    """How many times as long the middle answer took."""
    return own.latency_p50 / base.latency_p50


def faster(own: Run, base: Run) -> float:
    """How many times as many per second."""
    return own.per_second / base.per_second


def sweep_both(houses: dict[str, House], lots: int) -> dict[str, float]:
    """Milliseconds for each lot that is due, in the small database, in the large one, and there for twice as many."""
    return {
        SMALL: sweep(houses[SMALL], lots),
        LARGE: sweep(houses[LARGE], lots),
        "twice": sweep(houses[LARGE], 2 * lots),
    }


def sweep(house: House, lots: int) -> float:
    """Let so many lots of different customers die, and book them; milliseconds for each. Raises Unsound."""
    with psycopg.connect(database_url(house), autocommit=True) as db:
        db.execute(MAKE_DUE, {"tenant_id": house.tenant_id, "lots": lots, "at": utc_now()})
    database = Database(house.settings, "loyalty", pool_size=1)
    began = perf_counter()
    booked = expire_all_lots(database, house.tenant_id, utc_now())
    took = perf_counter() - began
    database.dispose()
    if booked != lots:
        raise Unsound(f"{lots} lots were due, {booked} were booked")
    return took * 1000 / lots


def count_entries(house: House) -> int:
    """How many lines the ledger has."""
    with psycopg.connect(database_url(house)) as db:
        found = db.execute(COUNT_ENTRIES).fetchone()
    assert found is not None
    return int(found[0])
