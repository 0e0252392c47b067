"""The chart of docs/performance.md: how far each figure is from its target. Readable on light and on dark pages."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from html import escape
from math import log10
from typing import Any

from bench.checks import Check

WIDTH, LABELS, RIGHT, TOP, STEP, BAR = 960, 390, 90, 56, 24, 14
# From a hundredth of the target to ten times it.
LOWEST, HIGHEST = 0.01, 10.0
STYLE = """
    text { font: 13px system-ui, sans-serif; fill: #1f2328; }
    .faint { fill: #59636e; } .grid { stroke: #d1d9e0; } .target { stroke: #1f2328; stroke-width: 2; }
    .holds { fill: #1a7f37; } .short { fill: #bf5f00; }
    @media (prefers-color-scheme: dark) {
        text { fill: #f0f6fc; } .faint { fill: #9198a1; } .grid { stroke: #3d444d; } .target { stroke: #f0f6fc; }
        .holds { fill: #3fb950; } .short { fill: #e09b13; }
    }
"""


@dataclass(frozen=True)
class Bar:
    """A line of the chart. `score` is how many times better than the target; None draws no bar."""

    label: str
    score: float | None
    holds: bool


def chart(found: Mapping[str, Mapping[str, Any]]) -> str:
    """The rows as an SVG: a bar for each figure, from the target's line towards better or worse."""
    lines = list(bars(found))
    height = TOP + STEP * len(lines) + 16
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" role="img">',
        "<title>How far each figure is from its target</title>",
        f"<style>{STYLE}</style>",
        *axis(height),
        *(piece for place, bar in enumerate(lines) for piece in drawn(bar, TOP + STEP * place)),
        "</svg>",
    ]
    return "\n".join(parts) + "\n"


def bars(found: Mapping[str, Mapping[str, Any]]) -> Iterator[Bar]:
    """A bar for each figure that can be a multiple of its target, and a line for a row that failed."""
    for name, row in found.items():
        if not row["ratios"]:
            yield Bar(f"{name} failed", None, holds=False)
        for kept in row["ratios"]:
            check = Check(**{key: value for key, value in kept.items() if key != "holds"})
            if check.score is not None or check.value is None:
                yield Bar(f"{name} {check.what}", check.score, check.holds)


def axis(height: int) -> Iterator[str]:
    """The scale, and the target's line."""
    for score, words in ((0.01, "÷ 100"), (0.1, "÷ 10"), (1.0, "target"), (10.0, "10 × better")):
        x = across(score)
        kind = "target" if score == 1 else "grid"
        yield f'<line class="{kind}" x1="{x:.0f}" x2="{x:.0f}" y1="{TOP - 14}" y2="{height - 12}"/>'
        yield f'<text class="faint" x="{x:.0f}" y="{TOP - 24}" text-anchor="middle">{words}</text>'


def drawn(bar: Bar, y: int) -> Iterator[str]:
    """One line: its words, its bar, and the multiple as a number."""
    base = y + BAR - 3
    yield f'<text x="{LABELS - 12}" y="{base}" text-anchor="end">{escape(bar.label)}</text>'
    if bar.score is None:
        yield f'<text class="faint" x="{LABELS}" y="{base}">not measured</text>'
        return
    left, right = sorted((across(1.0), across(bar.score)))
    kind = "holds" if bar.holds else "short"
    yield f'<rect class="{kind}" x="{left:.1f}" y="{y}" width="{max(2.0, right - left):.1f}" height="{BAR}" rx="2"/>'
    mark = "✓" if bar.holds else "✗"
    yield f'<text x="{WIDTH - 8}" y="{base}" text-anchor="end">{mark} {bar.score:.2g} ×</text>'


def across(score: float) -> float:
    """Where a multiple stands on the scale of powers of ten."""
    within = min(max(score, LOWEST), HIGHEST)
    share = (log10(within) - log10(LOWEST)) / (log10(HIGHEST) - log10(LOWEST))
    return LABELS + share * (WIDTH - RIGHT - LABELS)
