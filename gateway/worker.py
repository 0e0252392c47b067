"""The gateway's other process: it relays what happened to tenants."""

from chassis.worker import Work, run_worker
from gateway.settings import GatewaySettings


def work_of(settings: GatewaySettings) -> Work:
    """Its work."""
    return Work(settings, "gateway", {})


if __name__ == "__main__":
    run_worker(work_of(GatewaySettings()))
