from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

import pytest
from sqlalchemy import text
from sqlalchemy.exc import ProgrammingError
from sqlalchemy.orm import Session

from chassis.data.database import Database
from chassis.settings import Settings
from kernel.ids import TenantId

HEAR = text("INSERT INTO inbox (tenant_id, event_id) VALUES (:tenant_id, :event_id)")
HEARD = text("SELECT event_id FROM inbox ORDER BY event_id")


def hear(db: Session, tenant_id: str, event_id: str) -> None:
    db.execute(HEAR, {"tenant_id": tenant_id, "event_id": event_id})


def test_a_transaction_sees_its_tenants_rows_only(
    mailroom: Database, tenant_id: TenantId, other_tenant_id: TenantId
) -> None:
    with mailroom.transaction(tenant_id, other_tenant_id) as db:
        hear(db, tenant_id, "evt_mine")
        hear(db, other_tenant_id, "evt_theirs")
    with mailroom.transaction(tenant_id) as db:
        assert db.scalars(HEARD).all() == ["evt_mine"]
    with mailroom.transaction(tenant_id, other_tenant_id) as db:
        assert db.scalars(HEARD).all() == ["evt_mine", "evt_theirs"]


def test_an_unset_tenant_sees_nothing_and_writes_nothing(mailroom: Database, tenant_id: TenantId) -> None:
    with mailroom.transaction(tenant_id) as db:
        hear(db, tenant_id, "evt_mine")
    with mailroom.transaction() as db:
        assert db.scalars(HEARD).all() == []
    with Session(mailroom.engine) as db:
        assert db.scalars(HEARD).all() == [], "not even told that there are tenants"
    with mailroom.transaction() as db, pytest.raises(ProgrammingError, match="row-level security"):
        hear(db, tenant_id, "evt_more")


def test_nobody_writes_for_another_tenant(mailroom: Database, tenant_id: TenantId, other_tenant_id: TenantId) -> None:
    with mailroom.transaction(tenant_id) as db, pytest.raises(ProgrammingError, match="row-level security"):
        hear(db, other_tenant_id, "evt_forged")


def test_a_pooled_connection_forgets_its_tenant(mailroom: Database, tenant_id: TenantId) -> None:
    single = Database(mailroom.settings, "customers", pool_size=1, name=mailroom.name)
    with single.transaction(tenant_id) as db:
        hear(db, tenant_id, "evt_mine")
        before = db.scalar(text("SELECT pg_backend_pid()"))
    with Session(single.engine) as db:
        assert db.scalar(text("SELECT pg_backend_pid()")) == before
        assert db.scalars(HEARD).all() == []
    single.dispose()


def test_an_error_rolls_back(mailroom: Database, tenant_id: TenantId) -> None:
    with suppress(RuntimeError), mailroom.transaction(tenant_id) as db:
        hear(db, tenant_id, "evt_mine")
        raise RuntimeError
    with mailroom.transaction(tenant_id) as db:
        assert db.scalars(HEARD).all() == []


def test_many_tenants_at_once_do_not_mix(mailroom: Database) -> None:
    def write_and_read(number: int) -> list[str]:
        with mailroom.transaction(f"ten_{number}") as db:
            hear(db, f"ten_{number}", f"evt_{number}")
            return list(db.scalars(HEARD))

    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(write_and_read, range(40))) == [[f"evt_{number}"] for number in range(40)]


def test_waiting_has_an_end(mailroom: Database) -> None:
    with mailroom.transaction() as db:
        settings = {name: db.scalar(text(f"SHOW {name}")) for name in ("lock_timeout", "statement_timeout", "timezone")}
    assert settings == {"lock_timeout": "5s", "statement_timeout": "30s", "timezone": "UTC"}


def test_a_password_does_not_show(settings: Settings) -> None:
    database = Database(settings, "customers")
    assert settings.app_password.get_secret_value() not in repr(database.engine) + str(database.url) + repr(settings)
    database.dispose()
