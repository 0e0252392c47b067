"""Looking at what retention keeps, and at its verbs from inside a transaction."""

from typing import Any

from sqlalchemy import text

from chassis.data.database import Database
from kernel.ids import CustomerId, TenantId
from services.retention.domain.history import Visit
from services.retention.operations.record_visits import record_visits
from tests.services.retention.telling import moment

TABLES = ("customers", "visits", "returns")
ANA = CustomerId("cus_ana")


def kept(database: Database, tenant_id: TenantId) -> dict[str, list[dict[str, Any]]]:
    """Everything retention keeps of a tenant, but the tenant's name."""
    with database.transaction(tenant_id) as db:
        return {
            table: [
                {name: value for name, value in row.items() if name != "tenant_id"}
                for row in db.execute(text(f"SELECT * FROM {table} ORDER BY 2, 3")).mappings()
            ]
            for table in TABLES
        }


def one(database: Database, tenant_id: TenantId, table: str) -> dict[str, Any]:
    """The only row of a table."""
    (row,) = kept(database, tenant_id)[table]
    return row


def visit(database: Database, tenant_id: TenantId, at: str, purchase_id: str = "pur_1", due: int = 1000) -> None:
    """Ana buys."""
    with database.transaction(tenant_id) as db:
        record_visits(db, tenant_id, [Visit(purchase_id, ANA, moment(at), "SAR", due)])
