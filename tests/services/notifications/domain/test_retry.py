"""When sending is tried again."""

from datetime import UTC, datetime, timedelta

import pytest

from services.notifications.domain.retry import next_try

QUEUED = datetime(2026, 11, 22, 10, tzinfo=UTC)
DAY = timedelta(hours=24)


@pytest.mark.parametrize(
    ("tries", "seconds"), [(1, 5), (2, 10), (3, 20), (7, 320), (8, 640), (9, 900), (10, 900), (5000, 900)]
)
def test_each_wait_is_twice_as_long_up_to_a_quarter_of_an_hour(tries: int, seconds: int) -> None:
    assert next_try(tries, QUEUED, QUEUED) == QUEUED + timedelta(seconds=seconds)


def test_after_a_day_it_is_given_up() -> None:
    assert next_try(99, QUEUED, QUEUED + DAY - timedelta(seconds=901)) is not None
    assert next_try(99, QUEUED, QUEUED + DAY - timedelta(seconds=900)) is None
