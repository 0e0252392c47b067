"""Rhythm: the median of one's own gaps."""

from collections import Counter
from datetime import date, timedelta
from decimal import Decimal

import pytest

from services.retention.domain.rhythm import LATEST_MAX, VisitDays, rhythm_of, usual_gap, with_day

LAST = date(2026, 6, 30)


def days_with(gaps: list[int]) -> list[date]:
    """Visit days, newest first, with these gaps between them."""
    days = [LAST]
    for gap in gaps:
        days.append(days[-1] - timedelta(days=gap))
    return days


@pytest.mark.parametrize(
    ("gaps", "gap", "gap_last", "gap_before"),
    [
        pytest.param([], None, None, None, id="one visit"),
        pytest.param([9], None, 9, None, id="two visits make no rhythm"),
        pytest.param([9, 4], "6.5", 9, None, id="three visits do: the mean of two gaps"),
        pytest.param([9, 4, 6], "6", 9, "5", id="from four on there was one before"),
        pytest.param([100, 7, 7, 7], "7", 100, "7", id="one long silence moves nothing"),
        pytest.param([5] * 6 + [1] * 7, "3", 5, "1", id="gaps beyond the twelfth are forgotten"),
    ],
)
def test_rhythm(gaps: list[int], gap: str | None, gap_last: int | None, gap_before: str | None) -> None:
    days = days_with(gaps)
    rhythm = rhythm_of(len(days), days[-1], days)
    assert (rhythm.gap, rhythm.gap_last, rhythm.gap_before) == (
        None if gap is None else Decimal(gap),
        gap_last,
        None if gap_before is None else Decimal(gap_before),
    )
    assert (rhythm.visits, rhythm.first_on, rhythm.last_on) == (len(gaps) + 1, days[-1], LAST)


def test_rhythm_needs_only_the_latest_days() -> None:
    days = days_with([3, 1, 4, 1, 5, 9, 2, 6, 5, 3, 5, 8, 9, 70, 90, 30])
    assert rhythm_of(len(days), days[-1], days[:LATEST_MAX]) == rhythm_of(len(days), days[-1], days)


@pytest.mark.parametrize(
    ("gaps", "usual"),
    [
        pytest.param([], None, id="nobody"),
        pytest.param(["7"], "7", id="one"),
        pytest.param(["2", "7", "30"], "7", id="the one in the middle"),
        pytest.param(["7", "2"], "2", id="the lower of two"),
        pytest.param(["1", "30", "30", "30"], "30", id="each counts once"),
    ],
)
def test_usual_gap(gaps: list[str], usual: str | None) -> None:
    assert usual_gap(Counter(map(Decimal, gaps))) == (None if usual is None else Decimal(usual))


FULL = tuple(LAST - timedelta(days=2 * number) for number in range(LATEST_MAX))


@pytest.mark.parametrize(
    ("visits", "day", "visits_then", "latest_then"),
    [
        pytest.param(LATEST_MAX, LAST, LATEST_MAX, FULL, id="again on the last day"),
        pytest.param(
            LATEST_MAX, LAST + timedelta(days=1), LATEST_MAX + 1, (LAST + timedelta(days=1), *FULL[:-1]), id="a new day"
        ),
        pytest.param(
            LATEST_MAX,
            LAST - timedelta(days=1),
            LATEST_MAX + 1,
            (LAST, LAST - timedelta(days=1), *FULL[1:-1]),
            id="a day in between, told late",
        ),
        pytest.param(LATEST_MAX, FULL[-1] - timedelta(days=1), LATEST_MAX + 1, FULL, id="before the first"),
    ],
)
def test_one_day_more(visits: int, day: date, visits_then: int, latest_then: tuple[date, ...]) -> None:
    known = VisitDays(visits, FULL[-1], FULL)
    assert with_day(known, day) == VisitDays(visits_then, min(FULL[-1], day), latest_then)


def test_a_day_older_than_those_kept_may_be_known_already() -> None:
    assert with_day(VisitDays(LATEST_MAX + 1, date(2026, 1, 1), FULL), FULL[-1] - timedelta(days=1)) is None


def test_the_first_day() -> None:
    assert with_day(None, LAST) == VisitDays(1, LAST, (LAST,))
