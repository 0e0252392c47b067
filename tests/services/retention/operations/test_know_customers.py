"""What is known of a customer: the newest facts, and the earliest moment."""

from itertools import permutations

import pytest

from chassis.data.database import Database
from kernel.ids import TenantId
from services.retention.domain.history import Known
from services.retention.operations.know_customers import know_customers
from tests.services.retention.keeping import ANA, kept, one
from tests.services.retention.telling import moment

# By version: language, status, and when it happened. A purchase has version 0; this one was long before.
FACTS = {
    0: (None, None, "2026-01-01"),
    1: ("ar", "active", "2026-02-01"),
    2: ("en", "blocked", "2026-03-01"),
}


def know(database: Database, tenant_id: TenantId, version: int) -> None:
    language, status, day = FACTS[version]
    with database.transaction(tenant_id) as db:
        know_customers(db, tenant_id, [Known(ANA, moment(day), version, language, status)])


@pytest.mark.parametrize("order", list(permutations(FACTS)), ids=str)
def test_the_newest_facts_and_the_earliest_moment_stay(
    database: Database, tenant_id: TenantId, order: tuple[int, ...]
) -> None:
    for version in (*order, *order):
        know(database, tenant_id, version)
    row = one(database, tenant_id, "customers")
    assert (row["version"], row["language"], row["status"]) == (2, "en", "blocked")
    assert row["known_at"] == moment("2026-01-01")


def test_a_purchase_alone_tells_nothing_but_that_they_came(database: Database, tenant_id: TenantId) -> None:
    know(database, tenant_id, 0)
    row = one(database, tenant_id, "customers")
    assert (row["version"], row["language"], row["status"], row["visits"]) == (0, None, None, 0)


def test_a_version_already_heard_is_not_heard_again(database: Database, tenant_id: TenantId) -> None:
    know(database, tenant_id, 1)
    with database.transaction(tenant_id) as db:
        know_customers(db, tenant_id, [Known(ANA, moment("2026-04-01"), 1, "en", "blocked")])
    row = one(database, tenant_id, "customers")
    assert (row["language"], row["status"], row["known_at"]) == ("ar", "active", moment("2026-02-01"))


def test_the_same_id_at_two_tenants_is_two_customers(
    database: Database, tenant_id: TenantId, other_tenant_id: TenantId
) -> None:
    know(database, tenant_id, 1)
    before = kept(database, tenant_id)
    know(database, other_tenant_id, 2)
    assert kept(database, tenant_id) == before
    assert one(database, other_tenant_id, "customers")["language"] == "en"
