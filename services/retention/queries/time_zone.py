"""The time zone a tenant lives in."""

from zoneinfo import ZoneInfo

from sqlalchemy import text
from sqlalchemy.orm import Session

from kernel.ids import TenantId
from services.retention.domain.refusals import TenantNotReady

ZONE = text("SELECT time_zone FROM known_tenants WHERE id = :tenant_id")


def time_zone(db: Session, tenant_id: TenantId) -> ZoneInfo:
    """The tenant's zone. Raises TenantNotReady until it has been heard of."""
    name = db.execute(ZONE, {"tenant_id": tenant_id}).scalar()
    if name is None:
        raise TenantNotReady
    return ZoneInfo(name)
