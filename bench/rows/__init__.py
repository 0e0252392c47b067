"""The eleven rows: what is measured, its target, and the sittings in which rows are measured together."""

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass

from bench.checks import Outcome
from bench.pace import Pace
from bench.rows import events, growth, mixed, recording, year

ROWS = {
    "P1": "`POST /v1/purchases` one by one, straight to loyalty, one process, 64 connections, five lines, ten rules",
    "P2": "the same through the gateway",
    "P3": "batches of 500, four at once",
    "P4": "one client, one purchase at a time",
    "P5": "`GET` balance, straight, 64 connections",
    "P6": "growth: 5 million ledger entries, 1 million customers",
    "P7": "relay and listeners",
    "P8": "`evaluate`, ten rules, nine lines; backtest of the demo's year",
    "P9": "the demo's year through the gateway",
    "P10": "memory and start",
    "P11": "mixed load (earn 70, quote 10, hold and capture 15, return 5) at half of P2",
}


@dataclass(frozen=True)
class Sitting:
    """Rows that are measured together, on the same running system."""

    rows: tuple[str, ...]
    measure: Callable[[Collection[str], Pace], Iterator[tuple[str, Outcome]]]


SITTINGS = (
    Sitting(("P1", "P2", "P3", "P4", "P5"), recording.measure),
    Sitting(("P11",), mixed.measure),
    Sitting(("P7",), events.measure),
    Sitting(("P6",), growth.measure),
    Sitting(("P8", "P9", "P10"), year.measure),
)
