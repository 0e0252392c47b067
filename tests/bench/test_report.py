"""What a run leaves behind: JSON, the page's tables, a chart."""

import json
from pathlib import Path
from xml.etree import ElementTree

import pytest

from bench import report
from bench.chart import chart
from bench.checks import Outcome, at_least, at_most
from bench.report import as_markdown, circumstances, failed, measured, read_last, write_report
from bench.rows import ROWS, SITTINGS

MACHINE = {
    "cores": 2,
    "processor": "a processor",
    "memory_gib": 8.0,
    "system": "a system",
    "python": "3.11",
    "packages": {"psycopg": "3"},
    "flush_ms": 0.1,
    "load_before": 0.2,
}
FN = {
    "title": "pgbench, one function call",
    "rounds": 5,
    "per_second": 4000,
    "slowest_and_fastest": [3000, 5000],
    "latency_p50_ms": 2.0,
    "latency_p99_ms": None,
    "cpu_ms": {"postgres": 0.2, "loyalty": 0.1, "gateway": 0.05, "clients": 0.02},
    "others": 0.03,
}
GOOD = measured(Outcome([at_least("× fn", 1.25, 1.0)], {"fn": FN}), MACHINE)
SHORT = measured(
    Outcome([at_most("p50 added", 0.3, 0.15, "ms"), at_least("mounted", None, 0.93, note="not built")]), MACHINE
)


@pytest.fixture
def _elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    page = tmp_path / "performance.md"
    page.write_text(f"above\n{report.BEGIN}\nolder\n{report.END}\nbelow\n")
    for name, path in (("LAST", tmp_path / "last.json"), ("PAGE", page), ("CHART", tmp_path / "chart.svg")):
        monkeypatch.setattr(report, name, path)


def test_every_row_is_measured_in_one_sitting() -> None:
    rows = [row for sitting in SITTINGS for row in sitting.rows]
    assert sorted(rows) == sorted(set(rows))
    assert set(rows) <= ROWS.keys()


@pytest.mark.usefixtures("_elsewhere")
def test_rows_that_are_not_measured_stay_as_they_were() -> None:
    write_report({"P2": SHORT})
    write_report(read_last() | {"P1": GOOD})
    kept = json.loads(report.LAST.read_text())["rows"]
    assert list(kept) == ["P1", "P2"]
    assert (kept["P1"]["holds"], kept["P2"]["holds"]) == (True, False)
    assert kept["P2"] == {"title": ROWS["P2"], **SHORT}
    assert set(kept["P1"]) >= {"title", "state", "holds", "ratios", "figures", "at", "commit", "machine"}


@pytest.mark.usefixtures("_elsewhere")
def test_the_page_keeps_what_is_around_the_tables() -> None:
    write_report({"P1": GOOD})
    assert report.PAGE.read_text() == f"above\n{report.BEGIN}\n{as_markdown({'P1': GOOD})}\n{report.END}\nbelow\n"


def test_the_tables_are_honest() -> None:
    lines = as_markdown({"P1": GOOD, "P2": SHORT, "P3": failed(RuntimeError("no\nbroker"), MACHINE)}).splitlines()
    when = f"{GOOD['at'][:10]}, {GOOD['commit']}"
    assert lines[2] == f"| P1 | {ROWS['P1']} | × fn: **1.25** (≥ 1) | **yes** | {when} |"
    assert "| p50 added: **0.3** (≤ 0.15 ms); mounted: not built (≥ 0.93) | no |" in lines[3]
    assert "| failed: RuntimeError: no | no |" in lines[4]
    assert lines[5] == f"| P4 | {ROWS['P4']} | not measured yet | no | |"
    assert lines[-1] == ("| pgbench, one function call | **4,000** (3,000 to 5,000) | 2.0 | 0.150, 0.200, 0.020 | 3% |")


def test_the_chart_has_a_line_for_every_figure() -> None:
    drawn = ElementTree.fromstring(chart({"P1": GOOD, "P2": SHORT, "P3": failed(RuntimeError("no"), MACHINE)}))
    texts = [text.text for text in drawn.iter("{http://www.w3.org/2000/svg}text")]
    bars = [bar.get("class") for bar in drawn.iter("{http://www.w3.org/2000/svg}rect")]
    assert bars == ["holds", "short"]
    assert {"P1 × fn", "P2 p50 added", "P2 mounted", "P3 failed", "✓ 1.2 ×", "✗ 0.5 ×"} <= set(texts)


def test_what_was_kept_can_be_reported_again() -> None:
    kept = json.loads(json.dumps({"P1": GOOD, "P2": SHORT}))
    assert as_markdown(kept) == as_markdown({"P1": GOOD, "P2": SHORT})
    assert chart(kept) == chart({"P1": GOOD, "P2": SHORT})


def test_a_row_says_when_and_of_what() -> None:
    assert set(circumstances(MACHINE)) == {"at", "commit", "machine"}
