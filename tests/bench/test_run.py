"""A row that fails is told, and the others are measured; a wrong answer ends the run."""

from collections.abc import Collection, Iterator

import pytest

from bench.__main__ import outcomes
from bench.checks import Outcome, at_least
from bench.pace import QUICK, Pace
from bench.rows import Sitting
from bench.soundness import Unsound

GOOD = Outcome([at_least("× fn", 2.0, 1.0)])


def breaks_down(rows: Collection[str], _pace: Pace) -> Iterator[tuple[str, Outcome]]:
    assert "P3" not in rows
    yield "P1", GOOD
    raise RuntimeError("no broker")


def answers_wrongly(_rows: Collection[str], _pace: Pace) -> Iterator[tuple[str, Outcome]]:
    yield "P1", GOOD
    raise Unsound("a purchase is missing")


def test_what_was_measured_before_a_failure_is_kept() -> None:
    found = dict(outcomes(Sitting(("P1", "P2"), breaks_down), ["P1", "P2"], QUICK))
    assert found["P1"] == GOOD
    assert str(found["P2"]) == "no broker"


def test_a_wrong_answer_ends_the_run() -> None:
    with pytest.raises(Unsound):
        outcomes(Sitting(("P1",), answers_wrongly), ["P1"], QUICK)


def test_a_sitting_without_rows_is_left_out() -> None:
    assert outcomes(Sitting(("P3",), breaks_down), [], QUICK) == []
