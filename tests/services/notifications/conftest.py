"""Notifications on a real PostgreSQL, with a real mail server and the real customers service beside it."""

import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime

import httpx
import pytest
import uvicorn
from fastapi import FastAPI

from chassis.data.database import Database
from chassis.settings import Settings
from chassis.web.internal_client import InternalClient
from kernel.ids import TenantId
from services.customers.app import create_app as create_customers_app
from services.customers.settings import CustomersSettings
from services.notifications.app import create_app
from services.notifications.operations.deliver_message import Post
from services.notifications.operations.send_email import MailServer
from services.notifications.settings import NotificationsSettings
from tests.services.notifications.mailbox import Mailbox, open_mail_server
from tests.services.notifications.people import People
from tests.services.notifications.telling import tell, tenant_created
from tests.support.calling import event_loop, service_client
from tests.support.databases import FreshDatabases
from tests.support.waiting import eventually

NOW = datetime(2026, 11, 22, 10, tzinfo=UTC)

Client = Callable[..., httpx.Client]


@pytest.fixture
def database(databases: Callable[..., Database]) -> Database:
    """This test's own notifications database."""
    return databases("notifications")


@pytest.fixture
def mailbox() -> Mailbox:
    """What arrives in this test."""
    return Mailbox()


@pytest.fixture
def smtp_port(mailbox: Mailbox) -> Iterator[int]:
    """Where the mail server listens."""
    server = event_loop().call(open_mail_server, mailbox)
    yield server.sockets[0].getsockname()[1]
    event_loop().call(server.close)


@pytest.fixture(scope="session")
def customers_app(settings: Settings) -> Iterator[FastAPI]:
    """The customers service, on one database for all tests: each test has its own tenants."""
    app = create_customers_app(CustomersSettings.model_validate(settings.model_dump()))
    fresh = FreshDatabases(settings)
    app.state.database = fresh("customers")
    yield app
    fresh.drop()


@pytest.fixture(scope="session")
def customers_url(customers_app: FastAPI) -> Iterator[str]:
    """Where the customers service answers over HTTP."""
    config = uvicorn.Config(customers_app, port=0, log_config=None, access_log=False)
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    eventually(lambda: server.started)
    yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    server.should_exit = True
    thread.join()


@pytest.fixture
def people(customers_app: FastAPI, settings: Settings) -> People:
    """Customers as the customers service knows them."""
    return People(customers_app, settings)


@pytest.fixture
def notifications_settings(settings: Settings, smtp_port: int, customers_url: str) -> NotificationsSettings:
    """The service's settings in this test."""
    shared = settings.model_dump(exclude={"port", "customers_url"})
    return NotificationsSettings(
        **shared, smtp_port=smtp_port, customers_url=customers_url, smtp_from="shop@example.com"
    )


@pytest.fixture
def post(notifications_settings: NotificationsSettings) -> Iterator[Post]:
    """What sending needs."""
    given = notifications_settings
    customers = InternalClient(given, given.customers_url)
    server = MailServer(given.smtp_host, given.smtp_port, given.smtp_from)
    yield Post(customers, server)
    server.disconnect()
    customers.close()


@pytest.fixture
def client(database: Database, notifications_settings: NotificationsSettings, settings: Settings) -> Iterator[Client]:
    """`client(tenant_id, language=…, scopes=…)` calls the service for that tenant."""
    app = create_app(notifications_settings)
    app.state.database = database
    yield lambda tenant_id, **caller: service_client(app, settings, tenant_id, **caller)
    app.state.customers.close()


@pytest.fixture
def bakery(database: Database, tenant_id: TenantId) -> TenantId:
    """A tenant in Riyadh that notifications has heard of."""
    tell(database, tenant_created(tenant_id, "مخبز الوفاء"))
    return tenant_id
