"""Periods are whole local days."""

from datetime import date
from zoneinfo import ZoneInfo

import pytest

from services.retention.domain.period import period_of
from services.retention.domain.refusals import InvalidPeriod
from tests.services.retention.telling import moment


@pytest.mark.parametrize(
    ("zone", "first_on", "last_on", "days", "before", "starts", "ends"),
    [
        pytest.param(
            "Asia/Riyadh",
            date(2026, 3, 1),
            date(2026, 3, 31),
            31,
            "2026-01-28 21:00",
            "2026-02-28 21:00",
            "2026-03-31 21:00",
            id="a month in Riyadh",
        ),
        pytest.param(
            "Asia/Riyadh",
            date(2024, 2, 1),
            date(2024, 2, 29),
            29,
            "2024-01-02 21:00",
            "2024-01-31 21:00",
            "2024-02-29 21:00",
            id="a leap February",
        ),
        pytest.param(
            "America/New_York",
            date(2026, 3, 8),
            date(2026, 3, 8),
            1,
            "2026-03-07 05:00",
            "2026-03-08 05:00",
            "2026-03-09 04:00",
            id="a day of 23 hours",
        ),
        pytest.param(
            "Africa/Cairo",
            date(2026, 4, 24),
            date(2026, 4, 24),
            1,
            "2026-04-22 22:00",
            "2026-04-23 22:00",
            "2026-04-24 21:00",
            id="a day whose midnight does not exist",
        ),
    ],
)
def test_period(zone: str, first_on: date, last_on: date, days: int, before: str, starts: str, ends: str) -> None:
    period = period_of(first_on, last_on, ZoneInfo(zone))
    assert period.days == days
    assert [period.before_starts_at, period.starts_at, period.ends_at] == [moment(before), moment(starts), moment(ends)]


@pytest.mark.parametrize(
    ("first_on", "last_on"),
    [
        pytest.param(date(2026, 3, 2), date(2026, 3, 1), id="ends before it begins"),
        pytest.param(date(2000, 1, 1), date(2010, 1, 8), id="one day more than the most"),
        pytest.param(date(1, 1, 1), date(1, 1, 2), id="nothing lies before it"),
        pytest.param(date(9999, 12, 30), date(9999, 12, 31), id="nothing lies after it"),
    ],
)
def test_no_period(first_on: date, last_on: date) -> None:
    with pytest.raises(InvalidPeriod):
        period_of(first_on, last_on, ZoneInfo("UTC"))


def test_the_longest_period() -> None:
    assert period_of(date(2000, 1, 1), date(2010, 1, 7), ZoneInfo("UTC")).days == 3_660
