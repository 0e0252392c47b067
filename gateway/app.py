"""The gateway's HTTP process."""

from collections.abc import Mapping

from starlette.types import ASGIApp

from chassis.data.database import Database
from chassis.web.app import create_service_app
from chassis.web.serving import serve
from gateway.api import api_keys, tenant
from gateway.authentication import Authentication
from gateway.descriptions import Descriptions
from gateway.door import Door
from gateway.forwarding import Remote
from gateway.pages import page_routes
from gateway.service import Service
from gateway.settings import GatewaySettings
from gateway.upstream import Upstream


def create_app(
    settings: GatewaySettings, database: Database | None = None, services: Mapping[str, Service] | None = None
) -> ASGIApp:
    """The door, with the gateway's own resources behind it beside the services.

    These are where the settings say, unless they are given.
    """
    own = create_service_app(
        settings,
        "gateway",
        "Tenants and their API keys.",
        [tenant.router, api_keys.router, api_keys.secret_router],
        pages=page_routes,
    )
    own.state.database = database or own.state.database
    behind = services or {name: Remote(Upstream(name, url)) for name, url in settings.service_urls.items()}
    own.state.services = behind
    own.state.descriptions = Descriptions(own.openapi, behind)
    return Door(own, Authentication(own.state.database, settings.internal_token.get_secret_value()), behind)


if __name__ == "__main__":
    gateway_settings = GatewaySettings()
    serve(create_app(gateway_settings), gateway_settings, "gateway")
