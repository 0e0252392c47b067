"""Row-level security, read from the catalogue and tried on every table of every service."""

from typing import Any

import psycopg
from psycopg.errors import InsufficientPrivilege
from sqlalchemy.exc import ProgrammingError
from sqlalchemy.orm import Session

from chassis.data.database import Database, see_only
from tests.support.databases import FreshDatabases

Admin = psycopg.Connection[Any]

# Tables whose rows are of no one tenant: the list of tenants itself, and the mark of the last migration.
OF_NO_TENANT = {"known_tenants", "alembic_version"}
# The functions that see over all tenants, and the policies they see by: the owner's, which no running process is.
OVER_ALL_TENANTS = {"outbox_create_partitions", "outbox_drop_partitions", "find_api_key"}
OURS, THEIRS = "ten_ours", "ten_theirs"

TABLES = """
    SELECT c.relname, c.oid, c.relrowsecurity, c.relforcerowsecurity, c.relispartition,
        pg_get_userbyid(c.relowner) AS owner,
        EXISTS (SELECT FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attname = 'tenant_id') AS of_a_tenant,
        has_table_privilege('wafa_app', c.oid, 'SELECT') AS readable
    FROM pg_class c WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p') ORDER BY c.relname
"""


def tables(admin: Admin) -> list[Any]:
    """Every table of the database."""
    return admin.execute(TABLES).fetchall()


def test_every_row_is_a_tenants(admin: Admin, service: str) -> None:
    found = tables(admin)
    assert len(found) > len(OF_NO_TENANT), f"{service} has been migrated"
    assert {table.relname for table in found if not table.of_a_tenant} <= OF_NO_TENANT
    nullable = admin.execute("""
        SELECT attrelid::regclass::text FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
        WHERE a.attname = 'tenant_id' AND NOT a.attnotnull AND c.relkind IN ('r', 'p')
    """).fetchall()
    assert nullable == []


def test_every_tenants_table_is_held_to_its_tenant(admin: Admin) -> None:
    loose = [
        table.relname
        for table in tables(admin)
        if table.of_a_tenant and not table.relispartition and not (table.relrowsecurity and table.relforcerowsecurity)
    ]
    assert loose == []
    # A partition has no policies of its own: nobody but the owner may touch it other than through its parent.
    granted = admin.execute("""
        SELECT c.relname, grantee::regrole::text FROM pg_class c, aclexplode(c.relacl)
        WHERE c.relispartition AND grantee <> c.relowner
    """).fetchall()
    assert granted == []


def test_every_policy_says_what_may_be_seen_and_what_written(admin: Admin) -> None:
    policies = admin.execute("""
        SELECT tablename, policyname, roles::text[] AS roles, permissive, cmd, qual, with_check FROM pg_policies
    """).fetchall()
    by_tenant = "(tenant_id = ANY (string_to_array(current_setting('wafa.tenants'::text, true), ','::text)))"
    for policy in policies:
        if policy.roles == ["wafa_relay"]:
            assert policy.tablename == "outbox"
        elif policy.roles == ["wafa_owner"]:
            assert (policy.policyname, policy.cmd) == ("find_api_key", "SELECT")
        else:
            assert (policy.qual, policy.with_check) == (by_tenant, by_tenant), policy
            assert (policy.cmd, policy.permissive) == ("ALL", "PERMISSIVE")
    isolated = {policy.tablename for policy in policies if policy.qual == by_tenant}
    assert isolated == {table.relname for table in tables(admin) if table.of_a_tenant and not table.relispartition}


def test_keys_and_references_begin_with_the_tenant(admin: Admin) -> None:
    """A unique key over all tenants, or a reference to another tenant's row, would tell what others have."""
    telling = admin.execute("""
        SELECT conrelid::regclass::text, conname FROM pg_constraint
        JOIN pg_attribute ON attrelid = conrelid AND attnum = conkey[1]
        WHERE contype IN ('p', 'u', 'f') AND attname <> 'tenant_id' AND connamespace = 'public'::regnamespace
          AND EXISTS (SELECT FROM pg_attribute t WHERE t.attrelid = conrelid AND t.attname = 'tenant_id')
    """).fetchall()
    # The outbox is ordered by position over all tenants; nobody chooses a position.
    assert {
        name for _table, name in telling if not name.startswith("pk_outbox") and not name.startswith("outbox_")
    } == set()


def test_services_own_nothing_and_bypass_nothing(admin: Admin) -> None:
    role = admin.execute("SELECT rolsuper, rolbypassrls FROM pg_roles WHERE rolname = 'wafa_app'").fetchone()
    assert role == (False, False)
    owned = admin.execute(
        "SELECT count(*) FROM pg_class WHERE relowner IN ('wafa_app'::regrole, 'wafa_relay'::regrole)"
    )
    assert owned.fetchone() == (0,)
    assert {table.owner for table in tables(admin)} == {"wafa_owner"}
    [may_create] = admin.execute("SELECT has_schema_privilege('wafa_app', 'public', 'CREATE')").fetchone() or [None]
    assert may_create is False


def test_nothing_goes_round_the_policies(admin: Admin) -> None:
    views = admin.execute("""
        SELECT relname FROM pg_class WHERE relkind IN ('v', 'm') AND relnamespace = 'public'::regnamespace
          AND NOT coalesce(reloptions @> '{security_invoker=true}', false)
    """).fetchall()
    assert views == []
    definers = admin.execute("SELECT proname, proconfig FROM pg_proc WHERE prosecdef").fetchall()
    assert {definer.proname for definer in definers} <= OVER_ALL_TENANTS
    assert all(definer.proconfig == ["search_path=public"] for definer in definers)


def test_every_table_shows_and_takes_only_the_tenants_rows(admin: Admin, fresh: FreshDatabases, service: str) -> None:
    found = [table for table in tables(admin) if table.of_a_tenant and not table.relispartition]
    for table in found:
        plant(admin, table.relname, OURS)
    database = fresh(service)
    for table in found:
        if table.readable:
            assert seen(database, table.relname) == 0, f"{table.relname} shows rows to nobody in particular"
            assert seen(database, table.relname, THEIRS) == 0, f"{table.relname} shows a neighbour's rows"
            assert seen(database, table.relname, OURS) == 1, f"{table.relname} hides a tenant's own rows"
        assert refused(database, table.relname) == [], f"{table.relname} takes rows for a neighbour"


def plant(admin: Admin, table: str, tenant_id: str) -> None:
    """Put a row of the tenant's into the table, whatever its constraints."""
    columns = admin.execute(
        """SELECT attname, format_type(atttypid, NULL) AS type FROM pg_attribute
        WHERE attrelid = %s::regclass AND attnum > 0 AND NOT attisdropped AND attgenerated = '' AND attidentity = ''""",
        [table],
    ).fetchall()
    checks = admin.execute(
        "SELECT conname FROM pg_constraint WHERE conrelid = %s::regclass AND contype = 'c'", [table]
    ).fetchall()
    for (check,) in checks:
        admin.execute(f"ALTER TABLE {table} DROP CONSTRAINT {check}")
    admin.execute("SET session_replication_role = replica")
    names = ", ".join(column.attname for column in columns)
    values = ", ".join(
        f"'{tenant_id}'" if column.attname == "tenant_id" else SAMPLES[column.type] for column in columns
    )
    admin.execute(f"INSERT INTO {table} ({names}) VALUES ({values})")


SAMPLES = {
    "text": "'x'",
    "bigint": "1",
    "integer": "1",
    "smallint": "1",
    "boolean": "true",
    "numeric": "1",
    "date": "'2026-11-22'",
    "date[]": "'{}'",
    "timestamp with time zone": "'2026-11-22 12:00Z'",
    "jsonb": "'{}'",
    "bytea": "'x'",
    "text[]": "'{}'",
    "bigint[]": "'{}'",
    "integer[]": "'{}'",
    "double precision": "1",
}


def seen(database: Database, table: str, *tenants: str) -> int:
    """How many rows a service sees on behalf of those tenants."""
    with database.transaction(*tenants) as db:
        return int(db.connection().exec_driver_sql(f"SELECT count(*) FROM {table}").scalar_one())


def refused(database: Database, table: str) -> list[str]:
    """The attempts to write for a neighbour that the table did not refuse."""
    attempts = (
        f"UPDATE {table} SET tenant_id = '{THEIRS}'",
        f"INSERT INTO {table} OVERRIDING USER VALUE "
        f"SELECT (jsonb_populate_record(t, jsonb_build_object('tenant_id', '{THEIRS}'))).* FROM {table} t",
    )
    return [attempt for attempt in attempts if not is_refused(database, attempt)]


def is_refused(database: Database, statement: str) -> bool:
    """Whether it is refused, by policy or for want of the right."""
    with Session(database.engine) as db:
        see_only(db, OURS)
        try:
            db.connection().exec_driver_sql(statement)
        except ProgrammingError as error:
            return isinstance(error.orig, InsufficientPrivilege)
    return False
