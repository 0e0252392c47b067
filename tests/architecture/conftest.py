"""The databases of all services, as their catalogues describe them."""

from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
from psycopg.rows import namedtuple_row

from chassis.data.migrations import DATABASES
from chassis.settings import Settings
from tests.support.databases import FreshDatabases


@pytest.fixture(scope="session")
def fresh(settings: Settings) -> Iterator[FreshDatabases]:
    """One copy of each service's database for this folder's tests."""
    fresh = FreshDatabases(settings)
    yield fresh
    fresh.drop()


@pytest.fixture(params=sorted(DATABASES))
def service(request: pytest.FixtureRequest) -> str:
    """Each service, and the gateway, in turn."""
    return str(request.param)


@pytest.fixture
def admin(fresh: FreshDatabases, settings: Settings, service: str) -> Iterator[psycopg.Connection[Any]]:
    """The superuser, in that service's database."""
    fresh(service)
    assert settings.admin_url is not None
    url = settings.admin_url.get_secret_value()
    with psycopg.connect(url, dbname=fresh.names[service], autocommit=True, row_factory=namedtuple_row) as admin:
        yield admin
