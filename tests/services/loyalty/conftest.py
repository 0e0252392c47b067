"""Loyalty on a real PostgreSQL. All tests share one database, in which each has a tenant of its own."""

from collections.abc import Callable, Iterator

import httpx
import pytest
from fastapi import FastAPI

from chassis.data.database import Database
from chassis.settings import Settings
from chassis.web.app import CONNECTIONS_MAX
from kernel.ids import TenantId
from services.loyalty.app import create_app
from services.loyalty.settings import LoyaltySettings
from tests.services.loyalty.shop import Shop
from tests.support.calling import service_client
from tests.support.databases import FreshDatabases

Client = Callable[..., httpx.Client]


@pytest.fixture(scope="session")
def database(settings: Settings) -> Iterator[Database]:
    """A loyalty database, in the role the service has."""
    fresh = FreshDatabases(settings)
    database = fresh("loyalty")
    database.pool_size = CONNECTIONS_MAX
    yield database
    fresh.drop()


@pytest.fixture
def shop(database: Database, tenant_id: TenantId) -> Iterator[Shop]:
    """One tenant's loyalty; whatever the test did, the ledger is sound after it."""
    shop = Shop(database, tenant_id)
    yield shop
    assert shop.breaches() == []


@pytest.fixture
def other_shop(database: Database, other_tenant_id: TenantId) -> Iterator[Shop]:
    """Another tenant's."""
    shop = Shop(database, other_tenant_id)
    yield shop
    assert shop.breaches() == []


@pytest.fixture(scope="session")
def app(settings: Settings, database: Database) -> Iterator[FastAPI]:
    """The service. The customers service beside it is away: nobody answers at its address."""
    given = settings.model_dump(exclude={"port", "customers_url"})
    app = create_app(LoyaltySettings(**given, customers_url="http://127.0.0.1:9"))
    app.state.database = database
    yield app
    app.state.customers.close()


@pytest.fixture
def call(app: FastAPI, settings: Settings) -> Client:
    """`call(tenant_id, language=…, scopes=…)` speaks to the service for that tenant."""
    return lambda tenant_id, **caller: service_client(app, settings, tenant_id, **caller)


@pytest.fixture
def client(call: Client, shop: Shop) -> httpx.Client:
    """A caller with every right in the shop, who reads English."""
    return call(shop.tenant_id)
