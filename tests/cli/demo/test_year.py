"""The demo's year is moved to end just before the tenant was made."""

from datetime import UTC, datetime

import pytest

from cli.demo.year import Year, shop_day, year_before


def utc(text: str) -> datetime:
    """A moment, given in UTC."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("made_at", "last_day"),
    [
        pytest.param("2026-11-16 12:00", "2026-11-15", id="the day before, when that is a Sunday as in the data"),
        pytest.param("2026-11-22 12:00", "2026-11-15", id="made on a Sunday: the Sunday before"),
        pytest.param("2026-11-23 04:59", "2026-11-15", id="in the shop it is still Sunday"),
        pytest.param("2026-11-23 05:00", "2026-11-22", id="in the shop it is Monday"),
        pytest.param("2018-01-01 12:00", "2017-12-31", id="not moved at all"),
    ],
)
def test_the_year_ends_within_the_week_before(made_at: str, last_day: str) -> None:
    year = year_before(utc(made_at))

    assert str(shop_day(year.moved(utc("2018-01-01 04:01")))) == last_day


@pytest.mark.parametrize(
    ("at", "moved"),
    [
        pytest.param("2017-01-01 11:53", "2025-11-16 11:53", id="winter stays winter"),
        pytest.param("2017-10-20 20:30", "2026-09-04 20:30", id="summer stays summer"),
        pytest.param("2017-12-01 20:30", "2026-10-16 19:30", id="the same hour in the shop when its clocks differ"),
        pytest.param("2017-11-05 06:30", "2026-09-20 05:30", id="the hour that comes twice comes once"),
    ],
)
def test_days_of_the_week_and_hours_in_the_shop_hold(at: str, moved: str) -> None:
    assert Year(463).moved(utc(at)) == utc(moved)
    assert utc(at).weekday() == utc(moved).weekday()


def test_the_next_year_goes_on_where_it_ends() -> None:
    year = Year(463)

    assert (year.begins_at, year.ends_at) == (utc("2025-11-16 05:00"), utc("2026-11-16 05:00"))
    assert year.next.ends_at == utc("2027-11-15 05:00")
