"""Databases with a mailroom, and worlds on real brokers."""

from collections.abc import Iterator

import psycopg
import pytest
from alembic.migration import MigrationContext
from alembic.operations import Operations
from psycopg import sql
from pydantic import SecretStr
from sqlalchemy import create_engine, text

from chassis.data.database import Database
from chassis.data.migrations import bootstrap, create_mailroom
from chassis.settings import Settings
from tests.chassis.events.world import TEMPLATE, World
from tests.support.brokers import Broker
from tests.support.databases import TEST_PASSWORD

PASSWORD = SecretStr(TEST_PASSWORD)
NOTES = """
    CREATE TABLE notes (at bigint GENERATED ALWAYS AS IDENTITY, tenant_id text, key text, number int);
    ALTER TABLE notes ENABLE ROW LEVEL SECURITY;
    CREATE POLICY tenants ON notes USING (tenant_id = current_setting('wafa.tenants', true));
    GRANT SELECT, INSERT ON notes TO wafa_app
"""


@pytest.fixture(scope="session")
def mailroom_settings(postgres: str) -> Settings:
    """Settings for a PostgreSQL that holds a template database with nothing but a mailroom and a table for effects."""
    at = psycopg.conninfo.conninfo_to_dict(postgres)
    settings = Settings(
        database_host=str(at["host"]),
        database_port=int(at.get("port") or 5432),
        owner_password=PASSWORD,
        app_password=PASSWORD,
        relay_password=PASSWORD,
        admin_url=SecretStr(postgres),
        internal_token=SecretStr("none"),
    )
    bootstrap(settings)
    with psycopg.connect(postgres, autocommit=True) as admin:
        admin.execute(sql.SQL("CREATE DATABASE {} OWNER wafa_owner").format(sql.Identifier(TEMPLATE)))
    engine = create_engine(Database(settings, "shop", "owner", name=TEMPLATE).url)
    with engine.begin() as connection, Operations.context(MigrationContext.configure(connection)):
        connection.execute(text("CREATE TABLE alembic_version (version_num text)"))
        create_mailroom()
        connection.execute(text(NOTES))
    engine.dispose()
    return settings


@pytest.fixture
def world(mailroom_settings: Settings, broker: Broker) -> Iterator[World]:
    """A shop and a desk on each kind of broker in turn."""
    made = World(mailroom_settings.model_copy(update={"kafka_bootstrap": broker.bootstrap}))
    yield made
    made.close()


@pytest.fixture
def mortal_world(mailroom_settings: Settings, mortal_broker: Broker) -> Iterator[World]:
    """A shop and a desk on an embedded broker that the test may kill."""
    made = World(mailroom_settings.model_copy(update={"kafka_bootstrap": mortal_broker.bootstrap}))
    yield made
    made.close()


@pytest.fixture
def offline_world(mailroom_settings: Settings) -> Iterator[World]:
    """A shop and a desk without a broker."""
    made = World(mailroom_settings)
    yield made
    made.close()
