"""The notifications service's HTTP process."""

from fastapi import FastAPI

from chassis.web.app import create_service_app
from chassis.web.internal_client import InternalClient
from chassis.web.serving import serve
from services.notifications.api import figures, inbox
from services.notifications.settings import NotificationsSettings


def create_app(settings: NotificationsSettings) -> FastAPI:
    """What we told the customers."""
    app = create_service_app(
        settings, "notifications", "What we told the customers, and how it fared.", [inbox.router, figures.router]
    )
    app.state.customers = InternalClient(settings, settings.customers_url)
    return app


if __name__ == "__main__":
    settings = NotificationsSettings()
    serve(create_app(settings), settings, "notifications")
