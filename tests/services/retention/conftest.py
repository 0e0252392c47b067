"""Retention on a real PostgreSQL, called as the gateway would, at a moment the test chooses."""

from collections.abc import Callable
from datetime import datetime

import httpx
import pytest

from chassis.data.database import Database
from chassis.settings import Settings
from chassis.web.transaction import moment as request_moment
from kernel.ids import TenantId
from services.retention.app import create_app
from services.retention.settings import RetentionSettings
from tests.services.retention.telling import moment, tell, tenant_created
from tests.support.calling import service_client

NOW = moment("2026-11-22 10:00")

Client = Callable[..., httpx.Client]


@pytest.fixture
def database(databases: Callable[..., Database]) -> Database:
    """This test's own retention database."""
    return databases("retention")


@pytest.fixture
def client(database: Database, settings: Settings) -> Client:
    """`client(tenant_id, now=…, language=…, scopes=…)` calls the service for that tenant."""

    def at(tenant_id: TenantId, *, now: datetime = NOW, **caller: object) -> httpx.Client:
        app = create_app(RetentionSettings(**settings.model_dump(exclude={"port"})))
        app.state.database = database
        app.dependency_overrides[request_moment] = lambda: now
        return service_client(app, settings, tenant_id, **caller)  # type: ignore[arg-type]

    return at


@pytest.fixture
def bakery(database: Database, tenant_id: TenantId) -> TenantId:
    """A tenant in Riyadh that retention has heard of."""
    tell(database, [tenant_created(tenant_id)])
    return tenant_id
