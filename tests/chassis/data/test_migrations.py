from collections.abc import Iterator
from datetime import timedelta

import psycopg
import pytest
from pydantic import SecretStr
from sqlalchemy import text
from sqlalchemy.exc import ProgrammingError

from chassis.data.database import Database
from chassis.data.migrations import DATABASES, bootstrap, migrate
from chassis.settings import Settings
from kernel.clock import utc_now
from kernel.ids import TenantId

PARTITIONS = text("SELECT inhrelid::regclass::text FROM pg_inherits WHERE inhparent = 'outbox'::regclass ORDER BY 1")
TELL = text("""
    INSERT INTO outbox (created_at, tenant_id, id, topic, key, type, occurred_at, data)
    VALUES (:at, :tenant_id, 'evt_1', 't', 'k', 'x.y.v1', :at, '{}')
""")


@pytest.fixture
def as_relay(mailroom: Database) -> Iterator[Database]:
    """The same database in the relay's role."""
    relay = Database(mailroom.settings, "customers", "relay", name=mailroom.name)
    yield relay
    relay.dispose()


def test_bootstrapping_and_migrating_again_change_nothing(settings: Settings) -> None:
    bootstrap(settings)
    for service in DATABASES:
        migrate(settings, service)


def test_bootstrapping_sets_the_password_it_is_given(settings: Settings) -> None:
    before = kept_password(settings)
    try:
        bootstrap(settings.model_copy(update={"relay_password": SecretStr("a new one")}))
        after = kept_password(settings)
    finally:
        bootstrap(settings)
    assert before != after
    assert "SCRAM-SHA-256" in after
    assert "a new one" not in after


def kept_password(settings: Settings) -> str:
    """What PostgreSQL keeps of the relay's password."""
    assert settings.admin_url is not None
    with psycopg.connect(settings.admin_url.get_secret_value()) as admin:
        [password] = admin.execute("SELECT rolpassword FROM pg_authid WHERE rolname = 'wafa_relay'").fetchone() or [""]
    return str(password)


def test_roles_have_no_superpowers(settings: Settings) -> None:
    assert settings.admin_url is not None
    with psycopg.connect(settings.admin_url.get_secret_value()) as admin:
        roles = admin.execute("""
            SELECT rolname, rolsuper, rolbypassrls, rolcreaterole, rolcreatedb FROM pg_roles
            WHERE rolname LIKE 'wafa%' ORDER BY rolname
        """).fetchall()
        members = admin.execute(
            "SELECT count(*) FROM pg_auth_members WHERE member::regrole::text LIKE 'wafa%'"
        ).fetchone()
    assert roles == [(f"wafa_{name}", False, False, False, False) for name in ("app", "owner", "relay")]
    assert members == (0,)


def test_databases_are_closed_to_others(settings: Settings) -> None:
    assert settings.admin_url is not None
    with psycopg.connect(settings.admin_url.get_secret_value()) as admin:
        open_to_all = admin.execute(
            "SELECT datname FROM pg_database, aclexplode(datacl) WHERE datname LIKE 'wafa%' AND grantee = 0"
        ).fetchall()
    assert {name for (name,) in open_to_all if name in {f"wafa_{service}" for service in DATABASES}} == set()


def test_the_relay_makes_and_drops_partitions_and_rows_find_theirs(
    mailroom: Database, as_relay: Database, tenant_id: TenantId
) -> None:
    now = utc_now()
    tomorrow = now + timedelta(days=1)
    with as_relay.transaction() as db:
        assert db.scalar(text("SELECT outbox_create_partitions(3)")) == 3
        assert db.scalar(text("SELECT outbox_create_partitions(3)")) == 0, "once made, they are there"
    with mailroom.transaction(tenant_id) as db:
        for at in (now, tomorrow):
            db.execute(TELL, {"at": at, "tenant_id": tenant_id})
        placed = db.scalars(text("SELECT tableoid::regclass::text FROM outbox ORDER BY created_at")).all()
    assert placed == ["outbox_default", f"outbox_{tomorrow:%Y%m%d}"]
    with as_relay.transaction() as db:
        keep_from = (now + timedelta(days=3)).date()
        assert db.scalar(text("SELECT outbox_drop_partitions(:day)"), {"day": keep_from}) == 2
        assert db.scalars(PARTITIONS).all() == [f"outbox_{keep_from:%Y%m%d}", "outbox_default"]


def test_a_service_may_not_do_the_relays_work(mailroom: Database, tenant_id: TenantId) -> None:
    for statement in (
        "SELECT outbox_create_partitions(1)",
        "SELECT outbox_drop_partitions(current_date)",
        "UPDATE outbox SET sent_offset = 1",
        "DELETE FROM outbox",
        "CREATE TABLE mine (id int)",
        "ALTER TABLE outbox DISABLE ROW LEVEL SECURITY",
        "SET ROLE wafa_owner",
    ):
        with mailroom.transaction(tenant_id) as db, pytest.raises(ProgrammingError):
            db.execute(text(statement))


def test_the_relay_may_only_read_and_mark_the_outbox(
    mailroom: Database, as_relay: Database, tenant_id: TenantId
) -> None:
    with mailroom.transaction(tenant_id) as db:
        db.execute(TELL, {"at": utc_now(), "tenant_id": tenant_id})
    with as_relay.transaction() as db:
        db.execute(text("UPDATE outbox SET sent_offset = 1, sent_partition = 0 WHERE tenant_id = :t"), {"t": tenant_id})
    for statement in ("SELECT * FROM customers", "UPDATE outbox SET data = '{}'", "DELETE FROM outbox", "TABLE inbox"):
        with as_relay.transaction() as db, pytest.raises(ProgrammingError, match="permission denied"):
            db.execute(text(statement))
