"""What each row is held against, from made-up figures."""

import asyncio
from typing import Any

import orjson
import pytest

from bench.measures import Run
from bench.rows.deciding import basket_of_nine
from bench.rows.recording import JUDGES, NEEDS
from bench.rows.year import memory_checks, year_checks
from bench.steady import Line, Order, Shopping


def run(rate: float, p50: float = 2.0, p99: float = 4.0) -> Run:
    cpu = {"postgres": 0.2, "loyalty": 0.1, "gateway": 0.05, "clients": 0.02}
    return Run(int(rate), rate, p50, p99, cpu, 0.0)


RUNS = {
    "naive": [run(1000)] * 3,
    "fn": [run(2000)] * 3,
    "fn_1": [run(500, p50=1.0)] * 3,
    "set": [run(10_000)] * 3,
    "read": [run(20_000)] * 3,
    "loyalty_1": [run(400, p50=1.5)] * 3,
    "loyalty_64": [run(2400)] * 3,
    "loyalty_batch": [run(5000)] * 3,
    "balance_64": [run(4000)] * 3,
    "gateway_1": [run(380, p50=1.6)] * 3,
    "gateway_64": [run(1800)] * 3,
    "together_64": [run(2300)] * 3,
}


@pytest.mark.parametrize(
    ("row", "values", "holds"),
    [
        ("P1", [1.2, 2.4, 2.0, 0.1], True),
        ("P2", [0.75, pytest.approx(0.1), 0.05, pytest.approx(0.958, abs=0.001)], True),
        ("P3", [0.5, pytest.approx(2.08, abs=0.01)], True),
        ("P4", [0.5], True),
        ("P5", [0.2], True),
    ],
)
def test_rows_of_recording(row: str, values: list[Any], holds: bool) -> None:
    checks = JUDGES[row]({name: RUNS[name] for name in NEEDS[row]})
    assert [check.value for check in checks] == values
    assert all(check.holds for check in checks) == holds


def test_the_year_must_arrive_in_full() -> None:
    played = {
        "accepted_seconds": 59.0,
        "drained_seconds": 170.0,
        "events_waiting": 1,
        "messages": {"sent": 9, "queued": 1, "sending": 1},
    }
    checks = year_checks(played, 19.0)
    assert [check.holds for check in checks] == [True, True, False, False, True]
    assert checks[3].value == 2


def test_what_grows_with_what_was_done_is_seen() -> None:
    steady = [{"loyalty": 100, "postgres": size} for size in range(8)]
    growing = [{"loyalty": 100 * size, "postgres": 1} for size in range(1, 9)]
    assert memory_checks({"loyalty": 100}, {"together": 100}, steady, 5.0)[-1].holds
    assert not memory_checks({"loyalty": 100}, {"together": 100}, growing, 5.0)[-1].holds


def test_a_basket_of_nine_lines() -> None:
    assert len({line.sku for line in basket_of_nine().lines}) == 9


class Counter(Line):
    """A line on which everything is granted at once."""

    def __init__(self) -> None:
        self.asked: list[bytes] = []

    async def answered(self, request: bytes) -> tuple[str, bytes]:
        self.asked.append(request)
        return "201", orjson.dumps({"id": f"id_{len(self.asked)}", "customer_id": "cus_1"})

    ask = answered


def test_who_holds_and_brings_back_has_bought() -> None:
    async def shopped() -> tuple[list[bytes], Shopping]:
        shopping, line = Shopping(Order("", 1, {}, {}, 1.0, 1, 9, 7, 0.0, 1.0)), Counter()
        shopping.measure_from = 0.0
        lines: asyncio.Queue[Line] = asyncio.Queue()
        lines.put_nowait(line)
        for kind in ("return", "hold", "quote", "return"):
            await shopping.do(kind, 0.0, lines)
        return line.asked, shopping

    asked, shopping = asyncio.run(shopped())
    assert [request.split(b" ")[1] for request in asked] == [
        b"/v1/purchases",
        b"/v1/holds",
        b"/v1/holds/id_2/capture",
        b"/v1/quotes",
        b"/v1/purchases/id_1/returns",
    ]
    assert shopping.outcomes.purchases == 1
    assert {deed: len(took) for deed, took in shopping.outcomes.latencies.items()} == {
        "earn": 1,
        "hold": 1,
        "capture": 1,
        "quote": 1,
        "return": 1,
    }
    keys = [request.split(b"idempotency-key: ")[1].split(b"\r\n")[0] for request in asked]
    assert len(set(keys)) == len(keys)
