"""Each measurement has its turn in each round, and medians are told."""

import pytest

from bench.measures import Measure, Run, percentiles, summary, take_rounds


def run(rate: float, p99: float | None = None) -> Run:
    return Run(
        done=int(rate * 3),
        per_second=rate,
        latency_p50=2.0,
        latency_p99=p99,
        cpu={"postgres": 0.2, "loyalty": 0.1, "gateway": 0.05, "clients": 0.02},
        others=0.03,
    )


def test_every_round_begins_with_another_one_and_no_number_comes_twice() -> None:
    asked: list[tuple[str, int]] = []

    def measure(name: str) -> Measure:
        def take(number: int) -> Run:
            asked.append((name, number))
            return run(1)

        return Measure(name, name, take, "nobody")

    runs = take_rounds([measure("a"), measure("b"), measure("c")], 3, before_each=lambda: asked.append(("settle", 0)))
    assert "".join(name[0] for name, _number in asked) == "sabcsbcascab"
    numbers = [number for name, number in asked if name != "settle"]
    assert len(set(numbers)) == len(numbers) == 9
    assert {name: len(own) for name, own in runs.items()} == {"a": 3, "b": 3, "c": 3}


def test_a_summary_tells_the_middle_round() -> None:
    found = summary("loyalty", [run(2000, 9.0), run(4000, 8.0), run(3000, 30.0)])
    assert found == {
        "title": "loyalty",
        "rounds": 3,
        "per_second": 3000,
        "slowest_and_fastest": [2000, 4000],
        "latency_p50_ms": 2.0,
        "latency_p99_ms": 9.0,
        "cpu_ms": {"postgres": 0.2, "loyalty": 0.1, "gateway": 0.05, "clients": 0.02},
        "others": 0.03,
    }


def test_percentiles_are_in_ms() -> None:
    assert percentiles([number / 1000 for number in range(1, 100)]) == pytest.approx((50.0, 99.0))


def test_nothing_is_said_of_one_request() -> None:
    with pytest.raises(RuntimeError, match="too busy"):
        percentiles([1.0])
