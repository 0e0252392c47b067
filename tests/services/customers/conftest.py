"""The customers service. All of its tests share one database, in which each has a tenant of its own."""

from collections.abc import Iterator

import httpx
import pytest
from fastapi import FastAPI

from chassis.data.database import Database
from chassis.settings import Settings
from chassis.web.app import CONNECTIONS_MAX
from kernel.ids import TenantId
from services.customers.app import create_app
from services.customers.settings import CustomersSettings
from tests.support.calling import service_client
from tests.support.databases import FreshDatabases


@pytest.fixture(scope="session")
def database(settings: Settings) -> Iterator[Database]:
    """A customers database, in the role the service has."""
    fresh = FreshDatabases(settings)
    database = fresh("customers")
    database.pool_size = CONNECTIONS_MAX
    yield database
    fresh.drop()


@pytest.fixture
def app(settings: Settings, database: Database) -> FastAPI:
    """The service."""
    app = create_app(CustomersSettings.model_validate(settings.model_dump()))
    app.state.database = database
    return app


@pytest.fixture
def client(app: FastAPI, settings: Settings, tenant_id: TenantId) -> httpx.Client:
    """A caller with every right in one tenant, who reads English."""
    return service_client(app, settings, tenant_id)
