"""A gateway as in production: uvicorn, a real access database, and scripted services behind it."""

from collections.abc import Iterator
from dataclasses import dataclass, field

import httpx
import pytest

from chassis.data.database import Database
from chassis.settings import Settings
from contracts.scopes import SCOPES
from gateway import upstream
from gateway.app import create_app
from gateway.operations.create_api_key import create_api_key
from gateway.operations.create_tenant import create_tenant
from gateway.settings import GatewaySettings
from kernel.clock import utc_now
from kernel.ids import TenantId
from tests.gateway.servers import Loop, Service, served
from tests.support.databases import FreshDatabases

SERVICES = ("customers", "loyalty", "notifications", "retention")


@dataclass
class Tenant:
    """A tenant with one key that may do everything."""

    id: TenantId
    key_id: str
    key: str

    @property
    def headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.key}"}


@dataclass
class Gateway:
    """A running gateway and the scripted services behind it."""

    port: int
    database: Database
    settings: Settings
    loop: Loop
    services: dict[str, Service]
    client: httpx.Client
    made: list[Tenant] = field(default_factory=list)

    @property
    def loyalty(self) -> Service:
        return self.services["loyalty"]

    def tenant(self, *, livemode: bool = False) -> Tenant:
        with self.database.transaction() as db:
            row = create_tenant(
                db, name="Café", livemode=livemode, currency="SAR", time_zone="Asia/Riyadh", at=utc_now()
            )
            key, written = create_api_key(db, tenant_id=row.tenant_id, scopes=SCOPES, name="all", at=utc_now())
            return Tenant(row.tenant_id, key.id, written)

    @property
    def any_tenant(self) -> Tenant:
        if not self.made:
            self.made.append(self.tenant())
        return self.made[0]

    def get(self, path: str, **headers: str) -> httpx.Response:
        return self.client.get(path, headers={**self.any_tenant.headers, **headers})

    def post(self, path: str, content: bytes | Iterator[bytes] = b"{}", **headers: str) -> httpx.Response:
        return self.client.post(path, content=content, headers={**self.any_tenant.headers, **headers})


@pytest.fixture(scope="package")
def running_gateway(settings: Settings) -> Iterator[Gateway]:
    """One gateway for all tests: they differ in their tenants and in what the services are told to answer."""
    fresh = FreshDatabases(settings)
    with Loop() as loop:
        services = {name: Service() for name in SERVICES}
        for service in services.values():
            loop.run(service.start())
        urls = {f"{name}_url": service.url for name, service in services.items()}
        database = fresh("gateway")
        app = create_app(GatewaySettings(**{**settings.model_dump(), **urls}), database)
        with served(app) as port, client_of(port) as client:
            yield Gateway(port, database, settings, loop, services, client)
        for service in services.values():
            loop.run(service.stop())
    fresh.drop()


@pytest.fixture
def gateway(running_gateway: Gateway) -> Iterator[Gateway]:
    """The gateway, with services that know nothing of earlier tests."""
    yield running_gateway
    for service in running_gateway.services.values():
        running_gateway.loop.run(service.forget())


@pytest.fixture(autouse=True)
def patient_pool(monkeypatch: pytest.MonkeyPatch) -> None:
    """Tests count connections, and on a busy machine two requests may be further apart than an idle one is kept."""
    monkeypatch.setattr(upstream, "IDLE_SECONDS_MAX", 1000.0)


def client_of(port: int) -> httpx.Client:
    # With fewer kept connections than threads, httpcore may close one that it has just given to another thread.
    limits = httpx.Limits(max_connections=200, max_keepalive_connections=200)
    return httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=30, limits=limits)
