"""Take note of a tenant and of the zone in which its days begin and end."""

from zoneinfo import ZoneInfo

from sqlalchemy import text
from sqlalchemy.orm import Session

from chassis.data.known_tenants import learn_tenant
from kernel.ids import CustomerId, TenantId
from services.retention.operations.refresh_rhythms import refresh_rhythms

TAKE_ZONE = text("SELECT pg_advisory_xact_lock(hashtextextended('time zone ' || :tenant_id, 0))")
KNOWN = text("SELECT 1 FROM known_tenants WHERE id = :tenant_id")
VISITED = text("SELECT DISTINCT customer_id FROM visits WHERE tenant_id = :tenant_id")


def learn_time_zone(db: Session, tenant_id: TenantId, *, livemode: bool, currency: str, time_zone: str) -> None:
    """Know the tenant from now on. Rhythms that were counted in UTC, for want of a zone, are counted again."""
    db.execute(TAKE_ZONE, {"tenant_id": tenant_id})
    if db.execute(KNOWN, {"tenant_id": tenant_id}).first() is not None:
        return
    learn_tenant(db, tenant_id, livemode=livemode, currency=currency, time_zone=time_zone)
    customers = [CustomerId(found) for found in db.execute(VISITED, {"tenant_id": tenant_id}).scalars()]
    refresh_rhythms(db, tenant_id, customers, ZoneInfo(time_zone))
