"""What was found, as JSON, as tables in docs/performance.md, and as its chart."""

import json
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from bench.chart import chart
from bench.checks import Outcome
from bench.rows import ROWS
from kernel.clock import utc_now

LAST = Path(__file__).parent / "last.json"
PAGE = Path(__file__).parents[1] / "docs" / "performance.md"
CHART = PAGE.with_suffix(".svg")
BEGIN, END = "<!-- bench: begin -->", "<!-- bench: end -->"
SIGNS = {"at least": "≥", "at most": "≤"}

# By the name of the row: what came of it last, and when.
Found = dict[str, dict[str, Any]]


def read_last() -> Found:
    """What was found by earlier runs. Rows that are not measured now stay as they are."""
    rows: Found = json.loads(LAST.read_text()).get("rows", {}) if LAST.exists() else {}
    return rows


def measured(outcome: Outcome, machine: Mapping[str, Any]) -> dict[str, Any]:
    """A row that was measured."""
    return {
        "state": "measured",
        "holds": outcome.holds,
        "ratios": [check.document() for check in outcome.checks],
        "figures": outcome.figures,
        **circumstances(machine),
    }


def failed(error: Exception, machine: Mapping[str, Any]) -> dict[str, Any]:
    """A row that could not be measured, and why."""
    reason = f"{type(error).__name__}: {error}".splitlines()[0][:300]
    return {
        "state": "failed",
        "holds": False,
        "reason": reason,
        "ratios": [],
        "figures": {},
        **circumstances(machine),
    }


def circumstances(machine: Mapping[str, Any]) -> dict[str, Any]:
    """When, of which commit, on what."""
    return {"at": utc_now().isoformat(timespec="seconds"), "commit": commit(), "machine": dict(machine)}


def commit() -> str:
    """The commit that is checked out, with a plus when something is changed."""
    try:
        said = subprocess.run(
            ["git", "describe", "--always", "--dirty=+", "--exclude=*"],
            cwd=LAST.parent,
            capture_output=True,
            text=True,
            check=True,
        )
    except (OSError, subprocess.CalledProcessError):
        return "unknown"
    return said.stdout.strip()


def write_report(found: Found) -> None:
    """Keep the figures, put the tables where the page has its place, and draw the chart."""
    rows = {name: {"title": title, **found.get(name, {})} for name, title in ROWS.items() if name in found}
    LAST.write_text(json.dumps({"rows": rows}, indent=2, ensure_ascii=False) + "\n")
    before, _, rest = PAGE.read_text().partition(BEGIN)
    after = rest.partition(END)[2]
    PAGE.write_text(f"{before}{BEGIN}\n{as_markdown(found)}\n{END}{after}")
    CHART.write_text(chart(found))


def as_markdown(found: Found) -> str:
    """The rows with their targets, on what they were measured, and the figures behind them."""
    return "\n".join(
        [
            "| | what | found (target) | holds | when, commit |",
            "| --- | --- | --- | --- | --- |",
            *(line(name, found.get(name)) for name in ROWS),
            "",
            *machine_sentences(found),
            "",
            "| what | per second (slowest to fastest) | p50 / p99 ms | CPU ms: Python, database, clients | others |",
            "| --- | --- | --- | --- | --- |",
            *detail_lines(found),
        ]
    )


def line(name: str, row: Mapping[str, Any] | None) -> str:
    """A row of the first table."""
    if row is None:
        return f"| {name} | {ROWS[name]} | not measured yet | no | |"
    when = f"{row['at'][:10]}, {row['commit']}"
    return f"| {name} | {ROWS[name]} | {in_words(row)} | {'**yes**' if row['holds'] else 'no'} | {when} |"


def in_words(row: Mapping[str, Any]) -> str:
    """A row's values beside their targets."""
    if row["state"] == "failed":
        return f"failed: {row['reason']}"
    return "; ".join(check_in_words(check) for check in row["ratios"])


def check_in_words(check: Mapping[str, Any]) -> str:
    """A value beside its target; the unit is written where the words do not say it."""
    unit = "" if check["unit"] == "×" else f" {check['unit']}"
    target = f"{SIGNS[check['direction']]} {check['target']:g}{unit.rstrip()}"
    value = check["note"] if check["value"] is None else f"**{check['value']:g}**"
    return f"{check['what']}: {value} ({target})"


def machine_sentences(found: Found) -> list[str]:
    """What the rows were measured on: a sentence for each machine."""
    return list(dict.fromkeys(machine_sentence(row["machine"]) for row in found.values()))


def machine_sentence(machine: Mapping[str, Any]) -> str:
    """What it was measured on."""
    packages = ", ".join(f"{name} {number}" for name, number in machine["packages"].items())
    return (
        f"Measured on {machine['cores']} cores ({machine['processor']}), {machine['memory_gib']} GiB of memory, "
        f"{machine['system']}; one flush to disk takes {machine['flush_ms']} ms. The load average before was "
        f"{machine['load_before']}; *others* is the share of the cores that other programs took meanwhile; a run is "
        f"worth little unless that is near zero. Python {machine['python']}, {packages}."
    )


def detail_lines(found: Found) -> list[str]:
    """The figures behind the rows, each once."""
    summaries = {
        name: figure
        for row in found.values()
        for name, figure in row["figures"].items()
        if isinstance(figure, dict) and "per_second" in figure
    }
    return [detail_line(summary) for summary in summaries.values()]


def detail_line(summary: Mapping[str, Any]) -> str:
    """A line of the second table."""
    slowest, fastest = summary["slowest_and_fastest"]
    tail = "" if summary["latency_p99_ms"] is None else f" / {summary['latency_p99_ms']:.1f}"
    cpu = summary["cpu_ms"]
    python = sum(used for name, used in cpu.items() if name not in ("postgres", "clients"))
    return (
        f"| {summary['title']} | **{summary['per_second']:,}** ({slowest:,} to {fastest:,}) "
        f"| {summary['latency_p50_ms']:.1f}{tail} | {python:.3f}, {cpu['postgres']:.3f}, {cpu['clients']:.3f} "
        f"| {summary['others']:.0%} |"
    )
