"""The copy of a customer's facts: the newest heard, in whatever order they come."""

import pytest

from chassis.data.database import Database
from kernel.ids import CustomerId, TenantId
from services.notifications.operations.keep_customers import keep_customers
from services.notifications.tables import CustomerRow
from tests.services.notifications.telling import changed

SARA = CustomerId("cus_sara")


def keep(database: Database, tenant_id: TenantId, version: int, language: str) -> None:
    with database.transaction(tenant_id) as db:
        keep_customers(db, [changed(tenant_id, SARA, version=version, language=language)])


def known(database: Database, tenant_id: TenantId) -> tuple[int, str]:
    with database.transaction(tenant_id) as db:
        row = db.get_one(CustomerRow, (tenant_id, SARA))
        return row.version, row.language


@pytest.mark.parametrize(
    ("heard", "kept"),
    [
        pytest.param([(1, "ar"), (2, "en")], (2, "en"), id="in order"),
        pytest.param([(2, "en"), (1, "ar")], (2, "en"), id="the older one late"),
        pytest.param([(1, "ar"), (3, "ar"), (2, "en")], (3, "ar"), id="the middle one last"),
        pytest.param([(2, "en"), (2, "en")], (2, "en"), id="twice"),
        pytest.param([(2, "en"), (2, "ar")], (2, "en"), id="a version already heard"),
    ],
)
def test_the_newest_facts_count(
    database: Database, tenant_id: TenantId, heard: list[tuple[int, str]], kept: tuple[int, str]
) -> None:
    for version, language in heard:
        keep(database, tenant_id, version, language)
    assert known(database, tenant_id) == kept


def test_the_same_id_at_two_tenants_is_two_customers(
    database: Database, tenant_id: TenantId, other_tenant_id: TenantId
) -> None:
    keep(database, tenant_id, 1, "ar")
    keep(database, other_tenant_id, 2, "en")
    assert (known(database, tenant_id), known(database, other_tenant_id)) == ((1, "ar"), (2, "en"))
