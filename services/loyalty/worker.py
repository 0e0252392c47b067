"""Loyalty's other process: `python -m services.loyalty.worker`."""

from chassis.worker import run_worker
from services.loyalty.listeners import LISTENERS
from services.loyalty.schedules import JOBS
from services.loyalty.settings import LoyaltySettings

if __name__ == "__main__":
    run_worker(LoyaltySettings(), "loyalty", LISTENERS, JOBS)
