"""The API at the shop's noon: the clock stands until a test moves it."""

from collections.abc import Iterator

import pytest
import time_machine

from tests.services.loyalty.shop import NOON


@pytest.fixture(autouse=True)
def clock() -> Iterator[time_machine.Traveller]:
    """`clock.move_to(later(days=1))`: everything in the process agrees."""
    with time_machine.travel(NOON, tick=False) as clock:
        yield clock
