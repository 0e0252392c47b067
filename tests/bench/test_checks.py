"""Ratios are taken within a round, and the middle one is held against the target."""

import pytest

from bench.checks import Check, Outcome, at_least, at_most, middle


def share(own: float, base: float) -> float:
    return own / base


SLOWER_BY_THE_ROUND = [1000.0, 500.0, 100.0]


def test_a_slow_round_slows_both_sides() -> None:
    assert middle([2000.0, 1000.0, 200.0], SLOWER_BY_THE_ROUND, share) == 2


def test_the_middle_round_is_told() -> None:
    assert middle([2000.0, 1500.0, 900.0], SLOWER_BY_THE_ROUND, share) == 3


def test_rounds_belong_together() -> None:
    with pytest.raises(ValueError, match="zip"):
        middle([1.0], SLOWER_BY_THE_ROUND, share)


@pytest.mark.parametrize(
    ("check", "holds", "score"),
    [
        (at_least("× fn", 1.5, 1.0), True, 1.5),
        (at_least("× fn", 1.0, 1.0), True, 1.0),
        (at_least("× fn", 0.5, 1.0), False, 0.5),
        (at_most("p50", 0.5, 1.0, "ms"), True, 2.0),
        (at_most("p50", 2.0, 1.0, "ms"), False, 0.5),
        (at_most("faster than the base", -0.2, 1.0, "ms"), True, None),
        (at_most("errors", 0, 0, ""), True, None),
        (at_most("errors", 1, 0, ""), False, None),
        (at_least("mounted", None, 0.93, note="not built"), False, None),
    ],
)
def test_what_holds_and_by_how_much(check: Check, holds: bool, score: float | None) -> None:
    assert (check.holds, check.score) == (holds, score)


def test_a_row_holds_when_all_of_it_does() -> None:
    good, bad = at_least("× fn", 2.0, 1.0), at_least("× naive", 1.0, 2.0)
    assert Outcome([good]).holds
    assert not Outcome([good, bad]).holds
    assert not Outcome([]).holds


def test_what_is_kept_of_a_check() -> None:
    assert at_most("p50", 0.123456, 1.0, "ms").document() == {
        "what": "p50",
        "value": 0.123,
        "direction": "at most",
        "target": 1.0,
        "unit": "ms",
        "note": "",
        "holds": True,
    }


def test_what_holds_is_decided_before_rounding() -> None:
    assert not at_least("× fn", 0.9999, 1.0).document()["holds"]
