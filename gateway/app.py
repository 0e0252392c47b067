"""The gateway's HTTP process."""

from starlette.types import ASGIApp

from chassis.data.database import Database
from chassis.web.app import create_service_app
from chassis.web.serving import serve
from gateway.api import api_keys, tenant
from gateway.authentication import Authentication
from gateway.descriptions import Descriptions
from gateway.door import Door
from gateway.pages import page_routes
from gateway.settings import GatewaySettings
from gateway.upstream import Upstream


def create_app(settings: GatewaySettings, database: Database | None = None) -> ASGIApp:
    """The door, with the gateway's own resources behind it beside the services."""
    own = create_service_app(
        settings,
        "gateway",
        "Tenants and their API keys.",
        [tenant.router, api_keys.router, api_keys.secret_router],
        pages=page_routes,
    )
    own.state.database = database or own.state.database
    upstreams = {name: Upstream(name, url) for name, url in settings.service_urls.items()}
    own.state.upstreams = upstreams
    own.state.descriptions = Descriptions(own.openapi, upstreams)
    return Door(own, Authentication(own.state.database, settings.internal_token.get_secret_value()), upstreams)


if __name__ == "__main__":
    gateway_settings = GatewaySettings()
    serve(create_app(gateway_settings), gateway_settings, "gateway")
