import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier
from typing import Unpack

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from chassis.data.database import Database
from chassis.web.etags import VersionStale
from kernel.ids import CustomerId, TenantId
from services.customers.domain.profile import Profile
from services.customers.domain.refusals import CustomerExists, CustomerMissing, InvalidEmail
from services.customers.operations.update_customer import update_customer
from services.customers.queries.name_search import search_by_name
from services.customers.tables.customers import CustomerRow
from tests.services.customers.knowing import NOON, known, told

LATER = NOON + timedelta(hours=1)


@pytest.fixture
def db(database: Database, tenant_id: TenantId) -> Iterator[Session]:
    """A transaction of the tenant's."""
    with database.transaction(tenant_id) as db:
        yield db


def change(customer: CustomerRow, db: Session, expected: int | None = None, **profile: Unpack[Profile]) -> CustomerRow:
    return update_customer(
        db, customer.tenant_id, customer.id, profile, expected_version=expected, country="SA", at=LATER
    )


def test_only_what_is_given_changes(db: Session, tenant_id: TenantId) -> None:
    customer = known(db, tenant_id, name="علي", phone="0501234567", labels={"a": "1", "b": "2"})
    changed = change(customer, db, email="ali@example.com", labels={"c": "3"})
    db.refresh(changed)
    assert (changed.name, changed.phone, changed.email) == ("علي", "+966501234567", "ali@example.com")
    assert changed.labels == {"c": "3"}, "metadata is replaced as a whole"
    assert (changed.version, changed.created_at, changed.updated_at) == (2, NOON, LATER)


def test_null_clears(db: Session, tenant_id: TenantId) -> None:
    customer = known(db, tenant_id, name="علي", phone="0501234567", card="7700")
    changed = change(customer, db, name=None, phone=None)
    assert (changed.name, changed.phone, changed.card) == (None, None, "7700")
    assert search_by_name(db, tenant_id, "علي", after=None, limit=10) == []


def test_a_change_is_told_once_with_the_new_facts(db: Session, tenant_id: TenantId) -> None:
    change(known(db, tenant_id), db, language="en", status="blocked")
    assert told(db) == ["customers.customer_created.v1", "customers.customer_changed.v1"]
    data = json.loads(db.scalar(text("SELECT data FROM outbox ORDER BY position DESC LIMIT 1")) or "")
    assert (data["version"], data["language"], data["status"]) == (2, "en", "blocked")
    assert data["occurred_at"] == "2026-11-22T13:00:00Z"


def test_a_change_that_changes_nothing_did_not_happen(db: Session, tenant_id: TenantId) -> None:
    customer = known(db, tenant_id, phone="0501234567", labels={"a": "1"})
    same = change(customer, db, phone="+966 50 123 4567", status="active", labels={"a": "1"})
    assert (same.version, same.updated_at) == (1, NOON)
    assert told(db) == ["customers.customer_created.v1"]


@pytest.mark.parametrize("expected", [1, None])
def test_the_version_one_has_seen_may_be_changed(db: Session, tenant_id: TenantId, expected: int | None) -> None:
    assert change(known(db, tenant_id), db, expected, name="سارة").version == 2


@pytest.mark.parametrize("expected", [0, 2])
def test_another_version_may_not(db: Session, tenant_id: TenantId, expected: int) -> None:
    customer = known(db, tenant_id, name="سارة")
    with pytest.raises(VersionStale) as refused:
        change(customer, db, expected, name="نورة")
    assert refused.value.params == {"version": 1}
    assert customer.name == "سارة"


def test_an_identifier_of_another_customer_is_refused(db: Session, tenant_id: TenantId) -> None:
    owner = known(db, tenant_id, phone="0501234567")
    customer = known(db, tenant_id, name="سارة")
    with pytest.raises(CustomerExists) as refused:
        change(customer, db, name="نورة", phone="0501234567")
    assert refused.value.params == {"field": "phone", "customer_id": owner.id}
    db.refresh(customer)
    assert (customer.name, customer.version) == ("سارة", 1)


def test_an_identifier_that_was_given_up_is_free(db: Session, tenant_id: TenantId) -> None:
    owner = known(db, tenant_id, phone="0501234567")
    change(owner, db, phone=None)
    assert known(db, tenant_id, phone="0501234567").phone == "+966501234567"


def test_a_new_name_is_found_and_the_old_one_is_not(db: Session, tenant_id: TenantId) -> None:
    change(known(db, tenant_id, name="سارة علي"), db, name="نورة علي")
    assert search_by_name(db, tenant_id, "سارة", after=None, limit=10) == []
    assert len(search_by_name(db, tenant_id, "نورة", after=None, limit=10)) == 1


def test_what_cannot_be_is_refused(db: Session, tenant_id: TenantId) -> None:
    customer = known(db, tenant_id)
    with pytest.raises(InvalidEmail):
        change(customer, db, email="nobody")


def test_nobody_and_the_neighbours_customer_are_missing(
    database: Database, tenant_id: TenantId, other_tenant_id: TenantId
) -> None:
    with database.transaction(other_tenant_id) as db:
        theirs = known(db, other_tenant_id).id
    with database.transaction(tenant_id) as db:
        for customer_id in (theirs, CustomerId("cus_01h455vb4pex5vsknk084sn02q")):
            with pytest.raises(CustomerMissing):
                update_customer(
                    db, tenant_id, customer_id, Profile(name="x"), expected_version=None, country="SA", at=LATER
                )


def test_of_two_changes_of_the_same_version_one_wins(database: Database, tenant_id: TenantId) -> None:
    with database.transaction(tenant_id) as db:
        customer = known(db, tenant_id)
    together = Barrier(2)

    def rename(name: str) -> bool:
        together.wait()
        try:
            with database.transaction(tenant_id) as db:
                change(customer, db, 1, name=name)
        except VersionStale:
            return False
        return True

    with ThreadPoolExecutor(2) as pool:
        outcomes = list(pool.map(rename, ["سارة", "نورة"]))
    assert sorted(outcomes) == [False, True]
    with database.transaction(tenant_id) as db:
        assert db.scalar(text("SELECT version FROM customers")) == 2
