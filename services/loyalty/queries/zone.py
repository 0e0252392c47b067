"""The zone of a tenant's days."""

from zoneinfo import ZoneInfo

from sqlalchemy import text
from sqlalchemy.orm import Session

from kernel.ids import TenantId
from services.loyalty.queries.program_shelf import SHELF

KNOWN = text("SELECT time_zone FROM known_tenants WHERE id = :tenant_id")


def zone_of(db: Session, tenant_id: TenantId) -> ZoneInfo:
    """The live program's zone; without one the tenant's own; UTC for a tenant not heard of yet."""
    program = SHELF.live(db, tenant_id)
    if program is not None:
        return program.document.zone
    return ZoneInfo(db.scalar(KNOWN, {"tenant_id": tenant_id}) or "UTC")
