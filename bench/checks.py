"""What a figure is held against. Ratios are taken within a round, so that a slow round slows both sides."""

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field
from statistics import median
from typing import Any, Literal, TypeVar

Kept = TypeVar("Kept")


@dataclass(frozen=True)
class Check:
    """A value and its target. `value` is None where there is nothing to measure yet; `note` then says why."""

    what: str
    value: float | None
    direction: Literal["at least", "at most"]
    target: float
    unit: str = "×"
    note: str = ""

    @property
    def holds(self) -> bool:
        """What was not measured does not hold."""
        if self.value is None:
            return False
        return self.value >= self.target if self.direction == "at least" else self.value <= self.target

    @property
    def score(self) -> float | None:
        """How many times better than the target: 1 just holds. None where that has no meaning."""
        if self.value is None or self.value <= 0 or self.target <= 0:
            return None
        return self.value / self.target if self.direction == "at least" else self.target / self.value

    def document(self) -> dict[str, Any]:
        """As `last.json` keeps it."""
        value = None if self.value is None else significant(self.value)
        return {**asdict(self), "value": value, "holds": self.holds}


@dataclass(frozen=True)
class Outcome:
    """What came of one row of the table: what it is held against, and the figures behind that."""

    checks: Sequence[Check]
    figures: dict[str, Any] = field(default_factory=dict)

    @property
    def holds(self) -> bool:
        """Every check does."""
        return bool(self.checks) and all(check.holds for check in self.checks)


def at_least(what: str, value: float | None, target: float, unit: str = "×", note: str = "") -> Check:
    """The more the better."""
    return Check(what, value, "at least", target, unit, note)


def at_most(what: str, value: float | None, target: float, unit: str = "×", note: str = "") -> Check:
    """The less the better."""
    return Check(what, value, "at most", target, unit, note)


def middle(own: Sequence[Kept], base: Sequence[Kept], compare: Callable[[Kept, Kept], float]) -> float:
    """The median over the rounds of what comparing the two of a round gives."""
    return median(compare(mine, theirs) for mine, theirs in zip(own, base, strict=True))


def significant(value: float) -> float:
    """Three figures are all that such measurements are worth."""
    return float(f"{value:.3g}") if abs(value) < 1000 else float(round(value))
