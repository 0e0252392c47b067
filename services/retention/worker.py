"""Retention's other process: `python -m services.retention.worker`."""

from chassis.worker import Work, run_worker
from services.retention.listeners import LISTENERS
from services.retention.settings import RetentionSettings


def work_of(settings: RetentionSettings) -> Work:
    """Its work."""
    return Work(settings, "retention", LISTENERS)


if __name__ == "__main__":
    run_worker(work_of(RetentionSettings()))
