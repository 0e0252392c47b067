"""The name a tenant writes under."""

from chassis.data.database import Database
from kernel.ids import TenantId
from services.notifications.operations.keep_business import keep_business
from services.notifications.tables import BusinessRow


def keep(database: Database, tenant_id: TenantId, name: str) -> None:
    with database.transaction(tenant_id) as db:
        keep_business(db, tenant_id, name)


def name_of(database: Database, tenant_id: TenantId) -> str:
    with database.transaction(tenant_id) as db:
        return db.get_one(BusinessRow, tenant_id).name


def test_the_latest_name_counts(database: Database, tenant_id: TenantId) -> None:
    for name in ("Bakery", "Bakery", "مخبز الوفاء"):
        keep(database, tenant_id, name)
        assert name_of(database, tenant_id) == name


def test_another_tenant_keeps_its_own(database: Database, tenant_id: TenantId, other_tenant_id: TenantId) -> None:
    keep(database, tenant_id, "Bakery")
    keep(database, other_tenant_id, "Barber")
    assert (name_of(database, tenant_id), name_of(database, other_tenant_id)) == ("Bakery", "Barber")
