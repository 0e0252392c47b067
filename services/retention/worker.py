"""Retention's other process: `python -m services.retention.worker`."""

from chassis.worker import run_worker
from services.retention.listeners import LISTENERS
from services.retention.settings import RetentionSettings

if __name__ == "__main__":
    run_worker(RetentionSettings(), "retention", LISTENERS)
