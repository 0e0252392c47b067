"""The gateway's other process: it relays what happened to tenants."""

from chassis.worker import run_worker
from gateway.settings import GatewaySettings

if __name__ == "__main__":
    settings = GatewaySettings()
    run_worker(settings, "gateway", {})
