"""Roles, databases and migrations; and what every migration says about tenants.

A service's `migrations/env.py` is one call of `run_migrations`; `wafa migrate` calls `bootstrap` and then `migrate`.
"""

from importlib import import_module
from pathlib import Path

import psycopg
from alembic import command, context, op
from alembic.config import Config
from psycopg import sql
from sqlalchemy import MetaData, pool

from chassis.data.database import Database, database_name
from chassis.data.tables import service_metadata
from chassis.settings import Settings

DATABASES = {
    "gateway": "gateway",
    "customers": "services.customers",
    "loyalty": "services.loyalty",
    "notifications": "services.notifications",
    "retention": "services.retention",
}
MAILROOM = ("outbox", "inbox", "dead_letters", "idempotency_keys", "known_tenants")


def bootstrap(settings: Settings) -> None:
    """Create the missing roles and databases, as the superuser of `WAFA_ADMIN_URL`, and set the roles' passwords."""
    assert settings.admin_url is not None, "WAFA_ADMIN_URL names the superuser that creates roles and databases"
    with psycopg.connect(settings.admin_url.get_secret_value(), autocommit=True) as admin:
        for role, password in (
            ("wafa_owner", settings.owner_password),
            ("wafa_app", settings.app_password),
            ("wafa_relay", settings.relay_password),
        ):
            create_role(admin, role, password.get_secret_value())
        for service in DATABASES:
            create_database(admin, database_name(service))


def create_role(admin: psycopg.Connection, role: str, password: str) -> None:
    """A login role that owns no superpowers; its password is set again each time, so that it can be changed."""
    if admin.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [role]).fetchone() is None:
        admin.execute(sql.SQL("CREATE ROLE {} LOGIN NOSUPERUSER NOBYPASSRLS").format(sql.Identifier(role)))
    admin.execute(sql.SQL("ALTER ROLE {} PASSWORD {}").format(sql.Identifier(role), sql.Literal(password)))


def create_database(admin: psycopg.Connection, name: str) -> None:
    """A database that only Wafa's roles can enter."""
    if admin.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone() is not None:
        return
    database = sql.Identifier(name)
    admin.execute(
        sql.SQL(
            "CREATE DATABASE {} OWNER wafa_owner TEMPLATE template0 ENCODING 'UTF8' "
            "LOCALE_PROVIDER builtin BUILTIN_LOCALE 'C.UTF-8' LOCALE 'C'"
        ).format(database)
    )
    admin.execute(sql.SQL("REVOKE ALL ON DATABASE {} FROM PUBLIC").format(database))
    admin.execute(sql.SQL("GRANT CONNECT ON DATABASE {} TO wafa_app, wafa_relay").format(database))


def alembic_config(settings: Settings, service: str) -> Config:
    """Alembic's configuration for one service, without an ini file."""
    package = import_module(DATABASES[service])
    assert package.__file__ is not None
    config = Config()
    config.set_main_option("script_location", str(Path(package.__file__).parent / "migrations").replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    config.set_main_option("file_template", "%%(year)d-%%(month).2d-%%(day).2d_%%(slug)s")
    config.attributes["database"] = Database(settings, service, "owner")
    return config


def migrate(settings: Settings, service: str, revision: str = "head") -> None:
    """Bring a service's database to that revision. Running it again changes nothing."""
    command.upgrade(alembic_config(settings, service), revision)


def run_migrations(metadata: MetaData) -> None:
    """The whole of a service's `env.py`: run as the owner, giving up on a lock rather than queueing behind it."""
    database: Database = context.config.attributes["database"]
    engine = database.engine.execution_options(poolclass=pool.NullPool)
    with engine.connect() as connection:
        context.configure(
            connection=connection,
            target_metadata=metadata,
            compare_server_default=True,
            include_name=is_described,
        )
        with context.begin_transaction():
            connection.exec_driver_sql("SET LOCAL lock_timeout = '5s'")
            # One migration at a time, whoever starts them.
            connection.exec_driver_sql("SELECT pg_advisory_xact_lock(hashtext('wafa migrations'))")
            context.run_migrations()
    database.dispose()


def is_described(name: str | None, kind: str, _parents: object) -> bool:
    """Partitions of the outbox are made at run time and described nowhere."""
    return not (kind == "table" and name is not None and name.startswith("outbox_"))


def isolate_tenants(table: str, grants: str) -> None:
    """Let services use a table (`grants` such as "SELECT, INSERT"), each transaction only its tenants' rows.

    The owner is held to it as well (FORCE). An unset tenant sees nothing and writes nothing.
    """
    tenants = "tenant_id = ANY (string_to_array(current_setting('wafa.tenants', true), ','))"
    op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
    op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
    op.execute(f"CREATE POLICY tenants ON {table} USING ({tenants}) WITH CHECK ({tenants})")
    op.execute(f"GRANT {grants} ON {table} TO wafa_app")


def create_mailroom() -> None:
    """The tables every service has, as `chassis.data.tables.describe_mailroom` describes them, with their rights."""
    metadata = service_metadata()
    op.execute("GRANT USAGE ON SCHEMA public TO wafa_app, wafa_relay")
    # Readiness asks whether the database has been migrated.
    op.execute("GRANT SELECT ON alembic_version TO wafa_app")
    metadata.create_all(op.get_bind(), tables=[metadata.tables[name] for name in MAILROOM])
    isolate_tenants("outbox", "SELECT, INSERT")
    isolate_tenants("inbox", "SELECT, INSERT, DELETE")
    isolate_tenants("dead_letters", "SELECT, INSERT, UPDATE")
    isolate_tenants("idempotency_keys", "SELECT, INSERT, UPDATE, DELETE")
    op.execute("GRANT SELECT, INSERT ON known_tenants TO wafa_app")
    op.execute("CREATE POLICY relay ON outbox TO wafa_relay USING (true) WITH CHECK (true)")
    op.execute("GRANT SELECT, UPDATE (sent_partition, sent_offset, sent_at) ON outbox TO wafa_relay")
    op.execute("CREATE TABLE outbox_default PARTITION OF outbox DEFAULT")
    for statement in OUTBOX_UPKEEP:
        op.execute(statement)


def drop_mailroom() -> None:
    """Undo `create_mailroom`."""
    op.execute("DROP FUNCTION outbox_create_partitions, outbox_drop_partitions")
    for name in MAILROOM:
        op.execute(f"DROP TABLE {name}")


# Partitions are made and dropped by the owner's functions, so that no running process needs the owner's rights.
OUTBOX_UPKEEP = (
    """
    CREATE FUNCTION outbox_create_partitions(days_ahead int) RETURNS int LANGUAGE plpgsql SECURITY DEFINER
    SET search_path = public AS $$
    DECLARE made int := 0; day date;
    BEGIN
        FOR day IN SELECT current_date + n FROM generate_series(1, days_ahead) n LOOP
            IF to_regclass('outbox_' || to_char(day, 'YYYYMMDD')) IS NULL THEN
                EXECUTE format('CREATE TABLE %I PARTITION OF outbox FOR VALUES FROM (%L) TO (%L)',
                    'outbox_' || to_char(day, 'YYYYMMDD'), day, day + 1);
                made := made + 1;
            END IF;
        END LOOP;
        RETURN made;
    END $$
    """,
    """
    CREATE FUNCTION outbox_drop_partitions(before date) RETURNS int LANGUAGE plpgsql SECURITY DEFINER
    SET search_path = public AS $$
    DECLARE dropped int := 0; partition text;
    BEGIN
        FOR partition IN
            SELECT c.relname FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
            WHERE i.inhparent = 'outbox'::regclass AND c.relname ~ '^outbox_[0-9]{8}$'
              AND c.relname < 'outbox_' || to_char(before, 'YYYYMMDD')
        LOOP
            EXECUTE format('DROP TABLE %I', partition);
            dropped := dropped + 1;
        END LOOP;
        RETURN dropped;
    END $$
    """,
    "REVOKE ALL ON FUNCTION outbox_create_partitions, outbox_drop_partitions FROM PUBLIC",
    "GRANT EXECUTE ON FUNCTION outbox_create_partitions, outbox_drop_partitions TO wafa_relay",
)
