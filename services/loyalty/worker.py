"""Loyalty's other process: `python -m services.loyalty.worker`."""

import os
import subprocess
import sys
from threading import Event

from chassis.data.database import Database
from chassis.worker import Work, run_worker
from services.loyalty.listeners import LISTENERS
from services.loyalty.schedules import JOBS, backtests_waiting
from services.loyalty.settings import LoyaltySettings

BACKTESTERS_MAX = 2
LOOK_SECONDS = 1.0


def run_backtests(database: Database, stop: Event) -> None:
    """Have backtests played by processes of their own whenever some wait, until told to stop."""
    while not stop.wait(LOOK_SECONDS):
        if backtests_waiting(database):
            count = min(BACKTESTERS_MAX, os.cpu_count() or 1)
            command = [sys.executable, "-m", "services.loyalty.backtester"]
            playing = [subprocess.Popen(command) for _ in range(count)]  # noqa: S603 - our own module
            while any(process.poll() is None for process in playing):
                if stop.wait(0.1):
                    for process in playing:
                        process.terminate()


def work_of(settings: LoyaltySettings) -> Work:
    """Its work, backtests included."""

    def look_after_backtests(stop: Event) -> None:
        """On a connection of its own."""
        run_backtests(Database(settings, "loyalty", pool_size=1), stop)

    return Work(settings, "loyalty", LISTENERS, JOBS, [look_after_backtests])


if __name__ == "__main__":
    run_worker(work_of(LoyaltySettings()))
