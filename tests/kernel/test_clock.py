from datetime import UTC, datetime, timedelta

import time_machine

from kernel.clock import utc_now


def test_now_is_aware_and_in_utc() -> None:
    assert utc_now().utcoffset() == timedelta(0)


def test_now_is_the_systems_moment() -> None:
    with time_machine.travel(datetime(2026, 11, 22, 12, tzinfo=UTC), tick=False):
        assert utc_now() == datetime(2026, 11, 22, 12, tzinfo=UTC)
