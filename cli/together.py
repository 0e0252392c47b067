"""The gateway with the four services mounted in it: `python -m cli.together`, one process instead of five.

Each service has its own settings and its own database, as in a process of its own, and the door alone leads clients to
it. Its port stays what it was, for services that ask each other and for metrics.
"""

from collections.abc import Mapping
from urllib.parse import urlsplit

from fastapi import FastAPI
from starlette.types import ASGIApp, Receive, Scope, Send

from chassis.web.serving import serve
from gateway.app import create_app
from gateway.mounted import Mounted
from gateway.settings import GatewaySettings
from services.customers.app import create_app as create_customers
from services.customers.settings import CustomersSettings
from services.loyalty.app import create_app as create_loyalty
from services.loyalty.settings import LoyaltySettings
from services.notifications.app import create_app as create_notifications
from services.notifications.settings import NotificationsSettings
from services.retention.app import create_app as create_retention
from services.retention.settings import RetentionSettings

PROCESS = "together"


class ByPort:
    """The ASGI application of them all: the door, but for who asks a service's own port."""

    def __init__(self, door: ASGIApp, services: Mapping[int, ASGIApp]) -> None:
        self._door = door
        self._services = services

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on to whom the port belongs; the life of the process is the door's affair."""
        app = self._services.get(scope["server"][1], self._door) if scope["type"] == "http" else self._door
        await app(scope, receive, send)


def create_services() -> dict[str, FastAPI]:
    """The services' applications, each with settings of its own."""
    return {
        "customers": create_customers(CustomersSettings()),
        "loyalty": create_loyalty(LoyaltySettings()),
        "notifications": create_notifications(NotificationsSettings()),
        "retention": create_retention(RetentionSettings()),
    }


def compose(settings: GatewaySettings, services: Mapping[str, FastAPI]) -> ByPort:
    """The door with these services mounted in it."""
    door = create_app(settings, services={name: Mounted(name, app) for name, app in services.items()})
    return ByPort(door, {port: services[name] for name, port in ports_of(settings).items()})


def ports_of(settings: GatewaySettings) -> dict[str, int]:
    """The port in each service's address."""
    return {name: urlsplit(url).port or 80 for name, url in settings.service_urls.items()}


def main(settings: GatewaySettings) -> None:
    """Serve them all."""
    serve(compose(settings, create_services()), settings, PROCESS, also_on=list(ports_of(settings).values()))


if __name__ == "__main__":
    main(GatewaySettings())
