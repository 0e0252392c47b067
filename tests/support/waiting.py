"""Waiting for what other threads and processes do."""

import time
from collections.abc import Callable


def eventually(holds: Callable[[], object], seconds: float = 60, every: float = 0.02) -> None:
    """Wait until it holds. Fails after that many seconds."""
    until = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < until, "did not happen in time"
        time.sleep(every)
