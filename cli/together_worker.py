"""The workers of the gateway and the four services: `python -m cli.together_worker`, one process instead of five."""

from chassis.settings import Settings
from chassis.worker import Work, run_workers
from gateway import worker as gateway
from gateway.settings import GatewaySettings
from services.customers import worker as customers
from services.customers.settings import CustomersSettings
from services.loyalty import worker as loyalty
from services.loyalty.settings import LoyaltySettings
from services.notifications import worker as notifications
from services.notifications.settings import NotificationsSettings
from services.retention import worker as retention
from services.retention.settings import RetentionSettings

PROCESS = "together-worker"


def works() -> list[Work]:
    """Everybody's work, each with settings of its own."""
    return [
        customers.work_of(CustomersSettings()),
        loyalty.work_of(LoyaltySettings()),
        notifications.work_of(NotificationsSettings()),
        retention.work_of(RetentionSettings()),
        gateway.work_of(GatewaySettings()),
    ]


if __name__ == "__main__":
    run_workers(PROCESS, Settings(), works())
