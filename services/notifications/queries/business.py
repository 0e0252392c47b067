"""Who a message comes from, and in which zone its days are counted."""

from dataclasses import dataclass
from datetime import UTC, tzinfo
from zoneinfo import ZoneInfo

from sqlalchemy import text
from sqlalchemy.orm import Session

from kernel.ids import TenantId

FIND = text("""
    SELECT businesses.name, known_tenants.time_zone
    FROM known_tenants JOIN businesses ON businesses.tenant_id = known_tenants.id
    WHERE known_tenants.id = :tenant_id
""")


@dataclass(frozen=True, slots=True)
class Business:
    """A tenant as its customers see it."""

    name: str
    zone: tzinfo


def business_of(db: Session, tenant_id: TenantId) -> Business:
    """The tenant's name and zone; UTC and no name while its event has not come yet."""
    found = db.execute(FIND, {"tenant_id": tenant_id}).one_or_none()
    return Business(found.name, ZoneInfo(found.time_zone)) if found else Business("", UTC)
