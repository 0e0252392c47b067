"""Medians and ratios, as JSON and as the table in docs/performance.md."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from statistics import median
from typing import Any

from bench.measures import Measure, Run

LAST = Path(__file__).parent / "last.json"
PAGE = Path(__file__).parents[1] / "docs" / "performance.md"
BEGIN, END = "<!-- bench: begin -->", "<!-- bench: end -->"
BASES = ("naive", "fn", "set")

Runs = Mapping[str, Sequence[Run]]


def report(machine: dict[str, Any], measures: Sequence[Measure], runs: Runs) -> dict[str, Any]:
    """Everything that was found, medians over the rounds."""
    return {"machine": machine, "measures": [summary(measure, runs) for measure in measures]}


def summary(measure: Measure, runs: Runs) -> dict[str, Any]:
    """One measurement. Its ratios are medians of the ratios of each round, so that a slow round slows both sides."""
    own = runs[measure.name]
    tails = [run.latency_p99 for run in own if run.latency_p99 is not None]
    return {
        "name": measure.name,
        "title": measure.title,
        "rounds": len(own),
        "purchases": sum(run.purchases for run in own),
        "purchases_per_second": round(median(run.purchases_per_second for run in own)),
        "slowest_and_fastest": [round(extreme(run.purchases_per_second for run in own)) for extreme in (min, max)],
        "ratio": {base: round(ratio(own, runs[base]), 2) for base in BASES},
        "latency_p50_ms": round(median(run.latency_p50 for run in own), 2),
        "latency_p99_ms": round(median(tails), 2) if tails else None,
        "others": round(median(run.others for run in own), 2),
        "cpu_ms": {name: round(median(run.cpu[name] for run in own), 3) for name in own[0].cpu},
    }


def ratio(own: Sequence[Run], base: Sequence[Run]) -> float:
    """How many times faster than the base, in the middle round."""
    return median(
        mine.purchases_per_second / theirs.purchases_per_second for mine, theirs in zip(own, base, strict=True)
    )


def write_report(found: dict[str, Any]) -> None:
    """Keep the figures, and put the table where the page has its place."""
    LAST.write_text(json.dumps(found, indent=2) + "\n")
    before, _, rest = PAGE.read_text().partition(BEGIN)
    after = rest.partition(END)[2]
    PAGE.write_text(f"{before}{BEGIN}\n{as_markdown(found)}\n{END}{after}")


def as_markdown(found: dict[str, Any]) -> str:
    """The machine in a sentence, and the table."""
    header = (
        "| what | purchases/s (slowest to fastest round) | × naive | × fn | × set | p50 / p99 ms "
        "| CPU ms per purchase: Python, PostgreSQL, clients | others |"
    )
    rows = [row(measure) for measure in found["measures"]]
    return "\n".join([machine_sentence(found["machine"]), "", header, "|" + " --- |" * 8, *rows])


def row(measure: dict[str, Any]) -> str:
    """One line of the table."""
    slowest, fastest = measure["slowest_and_fastest"]
    tail = "" if measure["latency_p99_ms"] is None else f" / {measure['latency_p99_ms']:.1f}"
    ratios = " | ".join(f"{measure['ratio'][base]:.2f}" for base in BASES)
    cpu = measure["cpu_ms"]
    python = cpu["loyalty"] + cpu["gateway"]
    used = f"{python:.3f}, {cpu['postgres']:.3f}, {cpu['clients']:.3f}"
    return (
        f"| {measure['title']} | **{measure['purchases_per_second']:,}** ({slowest:,} to {fastest:,}) | {ratios} "
        f"| {measure['latency_p50_ms']:.1f}{tail} | {used} | {measure['others']:.0%} |"
    )


def machine_sentence(machine: dict[str, Any]) -> str:
    """What it was measured on."""
    packages = ", ".join(f"{name} {number}" for name, number in machine["packages"].items())
    return (
        f"Measured on {machine['cores']} cores ({machine['processor']}), {machine['memory_gib']} GiB of memory, "
        f"{machine['system']}; one flush to disk takes {machine['flush_ms']} ms. The load average before was "
        f"{machine['load_before']}; *others* is the share of the cores that other programs took meanwhile; a run is "
        "worth little unless that is near zero. "
        f"Python {machine['python']}, {packages}."
    )
