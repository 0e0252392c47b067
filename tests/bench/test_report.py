"""Ratios are taken within a round, and the middle one is told."""

from bench.measures import Measure, Run
from bench.report import ratio, row, summary
from bench.tills import BASKET, content_length
from services.loyalty.domain.basket import Basket


def run(rate: float, p99: float | None = None) -> Run:
    return Run(
        purchases=int(rate * 3),
        purchases_per_second=rate,
        latency_p50=2.0,
        latency_p99=p99,
        cpu={"postgres": 0.2, "loyalty": 0.1, "gateway": 0.05, "clients": 0.02},
        others=0.03,
    )


SLOWER_BY_THE_ROUND = [run(1000), run(500), run(100)]


def test_a_slow_round_slows_both_sides() -> None:
    assert ratio([run(2000), run(1000), run(200)], SLOWER_BY_THE_ROUND) == 2


def test_the_middle_round_is_told() -> None:
    assert ratio([run(2000), run(1500), run(900)], SLOWER_BY_THE_ROUND) == 3


def test_a_line_of_the_table() -> None:
    measure = Measure("loyalty_64", "loyalty", lambda _run: run(0))
    runs = {
        "loyalty_64": [run(2000, 9.0), run(4000, 8.0), run(3000, 30.0)],
        **dict.fromkeys(("naive", "fn", "set"), [run(1000)] * 3),
    }
    assert row(summary(measure, runs)) == (
        "| loyalty | **3,000** (2,000 to 4,000) | 3.00 | 3.00 | 3.00 | 2.0 / 9.0 | 0.150, 0.200, 0.020 | 3% |"
    )


def test_the_tills_send_baskets_that_loyalty_reads() -> None:
    basket = Basket.model_validate_json(BASKET % (7, b"1-2-3"))
    assert (basket.customer_id, basket.external_id, len(basket.lines)) == (f"cus_{7:026d}", "1-2-3", 5)
    assert sum(line.total for line in basket.lines) == basket.tenders[0].amount


def test_the_length_of_an_answer() -> None:
    assert content_length(b"HTTP/1.1 201 Created\r\nContent-Length: 626\r\nx: y") == 626
