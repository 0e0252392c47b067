"""A database with the tables that every service has."""

from collections.abc import Iterator

import pytest

from chassis.data.database import Database
from chassis.settings import Settings
from chassis.web.app import CONNECTIONS_MAX
from tests.support.databases import FreshDatabases


@pytest.fixture(scope="module")
def mailroom(settings: Settings) -> Iterator[Database]:
    """A service's database, for all tests of a module: each has a tenant of its own."""
    fresh = FreshDatabases(settings)
    database = fresh("customers")
    database.pool_size = CONNECTIONS_MAX
    yield database
    fresh.drop()
