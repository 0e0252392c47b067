"""The customers service's other process: it tells the others what changed."""

from chassis.worker import Work, run_worker
from services.customers.settings import CustomersSettings


def work_of(settings: CustomersSettings) -> Work:
    """Its work."""
    return Work(settings, "customers", {})


if __name__ == "__main__":
    run_worker(work_of(CustomersSettings()))
