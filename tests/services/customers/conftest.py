"""The customers service, on a database of the test's own."""

from collections.abc import Callable

import httpx
import pytest
from fastapi import FastAPI

from chassis.database import Database
from chassis.settings import Settings
from kernel.ids import TenantId
from services.customers.app import create_app
from services.customers.settings import CustomersSettings
from tests.support.calling import service_client


@pytest.fixture
def database(databases: Callable[..., Database]) -> Database:
    """This test's own customers database, in the role the service has."""
    return databases("customers")


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
