"""The statements of `deploy/citus.md`, run against the real schema with stand-ins for Citus's functions.

The stand-ins note what they are asked for and refuse a table that still has foreign keys; the rules that Citus's
documents give are then held against the catalogue.
"""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
from psycopg.rows import namedtuple_row

from chassis.data.migrations import DATABASES
from chassis.settings import Settings
from tests.support.databases import FreshDatabases

PAGE = (Path(__file__).parents[2] / "deploy/citus.md").read_text(encoding="utf-8")
BLOCKS = dict(re.findall(r"^### (\w+)\n\n```sql\n(.*?)```", PAGE, re.MULTILINE | re.DOTALL))
DISTANCES = re.findall(r"^\| (\w+) \| ([a-z ]+) \| (`.*`) \|$", PAGE, re.MULTILINE)
SPREAD = sorted(set(DATABASES) - {"gateway"})

# Citus wants foreign keys dropped before and added afterwards ("Creating and Modifying Distributed Tables (DDL)").
STAND_INS = """
    CREATE TABLE asked (place int GENERATED ALWAYS AS IDENTITY, name text, kind text, by text, beside text);
    CREATE FUNCTION without_references(name regclass) RETURNS text LANGUAGE plpgsql AS $$
    BEGIN
        IF EXISTS (SELECT FROM pg_constraint WHERE contype = 'f' AND name IN (conrelid, confrelid)) THEN
            RAISE 'drop the foreign keys of % first', name;
        END IF;
        RETURN name::text;
    END $$;
    CREATE FUNCTION create_distributed_table(name regclass, by text, colocate_with text DEFAULT 'default')
    RETURNS void LANGUAGE sql AS $$
        INSERT INTO asked (name, kind, by, beside) VALUES (without_references(name), 'distributed', by, colocate_with)
    $$;
    CREATE FUNCTION create_reference_table(name regclass) RETURNS void LANGUAGE sql AS $$
        INSERT INTO asked (name, kind) VALUES (without_references(name), 'reference')
    $$;
"""
TABLES = """
    SELECT relname FROM pg_class
    WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p') AND NOT relispartition AND relname <> 'asked'
"""
# The columns of every unique key, primary keys included; and whether it is on bare columns only.
UNIQUE_KEYS = """
    SELECT c.relname AS name, i.indexprs IS NULL AS plain, ARRAY(
        SELECT a.attname::text FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attnum = ANY (i.indkey) ORDER BY 1
    ) AS columns
    FROM pg_index i JOIN pg_class c ON c.oid = i.indrelid
    WHERE i.indisunique AND c.relnamespace = 'public'::regnamespace AND NOT c.relispartition
"""
REFERENCES = """
    SELECT conrelid::regclass::text AS name, confrelid::regclass::text AS target, conname,
        pg_get_constraintdef(oid) AS says,
        ARRAY(SELECT (
            (SELECT attname::text FROM pg_attribute WHERE attrelid = conrelid AND attnum = conkey[n]) || '=' ||
            (SELECT attname::text FROM pg_attribute WHERE attrelid = confrelid AND attnum = confkey[n])
        ) FROM generate_subscripts(conkey, 1) n) AS pairs
    FROM pg_constraint WHERE contype = 'f' AND connamespace = 'public'::regnamespace ORDER BY conname
"""
CUSTOMERS = """
    SELECT c.relname AS name, a.attnotnull AS always FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
    WHERE a.attname = 'customer_id' AND c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p')
"""

Admin = psycopg.Connection[Any]


@pytest.fixture(params=sorted(DATABASES))
def service(request: pytest.FixtureRequest) -> str:
    """Each database in turn."""
    return str(request.param)


@pytest.fixture
def admin(settings: Settings, service: str) -> Iterator[Admin]:
    """The superuser in a copy of that database, as the page has its reader be."""
    fresh = FreshDatabases(settings)
    fresh(service)
    assert settings.admin_url is not None
    url = settings.admin_url.get_secret_value()
    try:
        with psycopg.connect(url, dbname=fresh.names[service], autocommit=True, row_factory=namedtuple_row) as admin:
            yield admin
    finally:
        fresh.drop()


def test_every_table_is_distributed_or_reference_or_stays(admin: Admin, service: str) -> None:
    asked = run(admin, service)
    stays = re.findall(r"^-- stays: (\w+)$", BLOCKS[service], re.MULTILINE)
    named = sorted([row.name for row in asked] + stays)
    assert named == sorted(row.relname for row in admin.execute(TABLES))


def test_the_column_is_there_and_never_null(admin: Admin, service: str) -> None:
    for row in run(admin, service):
        if row.kind == "distributed":
            always = admin.execute(
                "SELECT attnotnull FROM pg_attribute WHERE attrelid = %s::regclass AND attname = %s", [row.name, row.by]
            ).fetchone()
            assert always == (True,), f"{row.name} may have no {row.by}"


def test_every_unique_key_has_the_column(admin: Admin, service: str) -> None:
    by = {row.name: row.by for row in run(admin, service) if row.kind == "distributed"}
    unfit = [
        (key.name, key.columns)
        for key in admin.execute(UNIQUE_KEYS)
        if key.name in by and not (key.plain and by[key.name] in key.columns)
    ]
    assert unfit == []


def test_references_lead_to_the_same_server(admin: Admin, service: str) -> None:
    before = references(admin)
    asked = run(admin, service)
    kinds = {row.name: row.kind for row in asked}
    by = {row.name: row.by for row in asked}
    for reference in references(admin):
        if kinds.get(reference.name) == "distributed" and kinds.get(reference.target) == "distributed":
            assert f"{by[reference.name]}={by[reference.target]}" in reference.pairs, reference.conname
        else:
            assert kinds.get(reference.name) == kinds.get(reference.target) or kinds[reference.target] == "reference"
    assert references(admin) == before, "what was dropped before is added afterwards"


def test_a_business_stands_on_one_server(admin: Admin, service: str) -> None:
    distributed = [row for row in run(admin, service) if row.kind == "distributed"]
    together = {row.name for row in distributed[:1]} | {row.name for row in distributed if row.beside == "customers"}
    assert together == {row.name for row in distributed}
    assert {row.by for row in distributed} <= {"tenant_id"}
    assert [row.beside for row in distributed[:1]] in ([], ["default"])


def test_a_reference_table_has_a_row_for_a_business_and_no_more(admin: Admin, service: str) -> None:
    assert {row.name for row in run(admin, service) if row.kind == "reference"} <= {"known_tenants"}


def test_no_table_has_what_citus_does_not_spread(admin: Admin, service: str) -> None:
    run(admin, service)
    triggers = admin.execute("SELECT tgname FROM pg_trigger WHERE NOT tgisinternal").fetchall()
    small = admin.execute("""
        SELECT attname FROM pg_attribute
        WHERE attidentity <> '' AND atttypid <> 'bigint'::regtype AND attrelid <> 'asked'::regclass
    """)
    excluding = admin.execute("SELECT conname FROM pg_constraint WHERE contype = 'x'").fetchall()
    assert (triggers, small.fetchall(), excluding) == ([], [], [])


@pytest.mark.parametrize("service", SPREAD)
def test_the_page_says_how_far_each_table_is_from_a_place_by_customer(admin: Admin, service: str) -> None:
    spread = {row.name for row in run(admin, service) if row.kind == "distributed"}
    always = {row.name: row.always for row in admin.execute(CUSTOMERS) if row.name in spread}
    keys = [key for key in admin.execute(UNIQUE_KEYS) if key.name in spread]
    apart = {key.name for key in keys if "customer_id" not in key.columns}
    ready = {name for name, is_always in always.items() if is_always and name not in apart}
    names = claims(service)
    wider = {name for name, is_always in always.items() if is_always} - ready - {name for name, _columns in names}

    assert told(service, "ready") == ready
    assert told(service, "key takes the customer in") == wider
    known = {(key.name, frozenset(key.columns)) for key in keys}
    assert all((name, frozenset({"tenant_id", *columns})) in known for name, columns in names)
    lists = [
        table for how_far in {how for of, how, _ in DISTANCES if of == service} for table in told(service, how_far)
    ]
    assert sorted(lists) == sorted(spread)


@pytest.mark.parametrize("service", ["loyalty"])
def test_what_citus_would_not_take_is_found(admin: Admin) -> None:
    assert any(key.name == "outbox" and "tenant_id" not in key.columns for key in admin.execute(UNIQUE_KEYS))
    admin.execute(STAND_INS)
    with pytest.raises(psycopg.errors.RaiseException, match="drop the foreign keys"):
        admin.execute("SELECT create_distributed_table('lots', 'tenant_id')")


def run(admin: Admin, service: str) -> list[Any]:
    """Run the page's statements for that database; what Citus was asked for, in order."""
    admin.execute(STAND_INS)
    admin.execute(BLOCKS[service])
    return admin.execute("SELECT name, kind, by, beside FROM asked ORDER BY place").fetchall()


def references(admin: Admin) -> list[Any]:
    """Every foreign key."""
    return admin.execute(REFERENCES).fetchall()


def told(service: str, how_far: str) -> set[str]:
    """The tables that the page puts that far from a place by customer."""
    cells = [tables for of, how, tables in DISTANCES if (of, how) == (service, how_far)]
    return {name for cell in cells for name in re.findall(r"`(\w+)[ `]", cell)}


def claims(service: str) -> list[tuple[str, list[str]]]:
    """The names that all customers of a business share, as the page has them: table and columns."""
    cells = [tables for of, how, tables in DISTANCES if (of, how) == (service, "a name all customers share")]
    found = re.findall(r"`(\w+) \(([\w, ]+)\)`", " ".join(cells))
    return [(name, columns.split(", ")) for name, columns in found]
