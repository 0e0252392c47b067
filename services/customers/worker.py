"""The customers service's other process: it tells the others what changed."""

from chassis.worker import run_worker
from services.customers.settings import CustomersSettings

if __name__ == "__main__":
    run_worker(CustomersSettings(), "customers", listeners={})
