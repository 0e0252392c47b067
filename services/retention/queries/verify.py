"""The proof that what retention keeps is what its visits and returns say."""

from collections.abc import Iterator
from datetime import datetime

from sqlalchemy import text
from sqlalchemy.orm import Session

from chassis.data.database import Database
from chassis.data.known_tenants import known_tenants
from chassis.data.verification import Breach
from kernel.ids import CustomerId, TenantId
from services.retention.queries.rhythms import VisitFacts, facts_from_visits, kept_days, kept_rhythm
from services.retention.queries.time_zone import time_zone

VISITS = text("""
    SELECT purchase_id, spend, visits.returned_at,
           due - came_back.refund AS spend_right, came_back.returned_at AS returned_right
    FROM visits CROSS JOIN LATERAL (
        SELECT coalesce(sum(refund), 0) AS refund,
               (array_agg(CASE WHEN whole THEN occurred_at END ORDER BY occurred_at DESC, return_id DESC))[1]
                   AS returned_at
        FROM returns WHERE returns.tenant_id = visits.tenant_id AND returns.purchase_id = visits.purchase_id
    ) came_back
    WHERE tenant_id = :tenant_id
      AND (spend <> due - came_back.refund OR visits.returned_at IS DISTINCT FROM came_back.returned_at OR spend < 0)
""")
CUSTOMERS = text("""
    SELECT customer_id, visits, first_on, last_on, gap, gap_last, gap_before, latest_on, latest_at
    FROM customers WHERE tenant_id = :tenant_id
""")
UNKNOWN = text("""
    SELECT DISTINCT customer_id FROM visits WHERE tenant_id = :tenant_id AND NOT EXISTS (
        SELECT FROM customers
        WHERE customers.tenant_id = visits.tenant_id AND customers.customer_id = visits.customer_id)
""")


def breaches(database: Database, at: datetime) -> list[Breach]:  # noqa: ARG001 - the same question to every service
    """Every row that contradicts another, of all tenants; empty when all is well."""
    with database.transaction() as db:
        tenants = known_tenants(db)
    found: list[Breach] = []
    for tenant_id in tenants:
        with database.transaction(tenant_id) as db:
            found += [*visit_breaches(db, tenant_id), *customer_breaches(db, tenant_id)]
    return found


def visit_breaches(db: Session, tenant_id: TenantId) -> Iterator[Breach]:
    """Visits whose spend or return is not what their returns say, or that gave back more than was paid."""
    for row in db.execute(VISITS, {"tenant_id": tenant_id}):
        kept, right = (row.spend, row.returned_at), (row.spend_right, row.returned_right)
        yield Breach("retention.visit", tenant_id, row.purchase_id, f"keeps {kept}, its returns say {right}")


def customer_breaches(db: Session, tenant_id: TenantId) -> Iterator[Breach]:
    """Customers whose rhythm is not what their visits say, and visits of customers who are not kept."""
    rows = {CustomerId(row.customer_id): row for row in db.execute(CUSTOMERS, {"tenant_id": tenant_id})}
    facts = facts_from_visits(db, tenant_id, list(rows), time_zone(db, tenant_id))
    for customer_id, row in rows.items():
        said = facts.get(customer_id, VisitFacts(None, None))
        kept = VisitFacts(kept_days(row), row.latest_at)
        if (kept, kept_rhythm(row)) != (said, said.rhythm):
            yield Breach("retention.rhythm", tenant_id, customer_id, f"keeps {kept}, the visits say {said}")
    for customer_id in db.execute(UNKNOWN, {"tenant_id": tenant_id}).scalars():
        yield Breach("retention.customer", tenant_id, customer_id, "came, and is not kept")
