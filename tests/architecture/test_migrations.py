"""Each service's migrations make what its tables describe, and can be taken back."""

import secrets
from collections.abc import Iterator

import psycopg
import pytest
from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from psycopg import sql

from chassis.data.database import Database
from chassis.data.migrations import alembic_config, create_database
from chassis.settings import Settings


@pytest.fixture
def empty(settings: Settings, service: str) -> Iterator[Config]:
    """The service's migrations, and a new database to try them on."""
    name = f"wafa_{service}_{secrets.token_hex(6)}"
    assert settings.admin_url is not None
    with psycopg.connect(settings.admin_url.get_secret_value(), autocommit=True) as admin:
        create_database(admin, name)
        config = alembic_config(settings, service)
        config.attributes["database"] = Database(settings, service, "owner", name=name)
        yield config
        admin.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


def test_there_is_one_line_of_migrations(settings: Settings, service: str) -> None:
    assert len(ScriptDirectory.from_config(alembic_config(settings, service)).get_heads()) == 1


def test_migrations_make_what_the_tables_describe_and_can_be_taken_back(empty: Config) -> None:
    command.upgrade(empty, "head")
    command.check(empty)
    made = things(empty)
    command.downgrade(empty, "base")
    assert things(empty) == {("alembic_version", "r"), ("alembic_version_pkc", "i")}
    command.upgrade(empty, "head")
    assert things(empty) == made


def things(config: Config) -> set[tuple[str, str]]:
    """Tables, indexes, sequences, views and functions that are there."""
    database: Database = config.attributes["database"]
    with database.engine.connect() as connection:
        rows = connection.exec_driver_sql("""
            SELECT relname, relkind::text FROM pg_class WHERE relnamespace = 'public'::regnamespace
            UNION ALL SELECT proname, 'function' FROM pg_proc WHERE pronamespace = 'public'::regnamespace
        """).all()
    database.dispose()
    return {(name, kind) for name, kind in rows}
