"""The tenants this service has heard of: the list by which jobs and proofs go from one to the next."""

from collections.abc import Sequence

from sqlalchemy import text
from sqlalchemy.orm import Session

from kernel.ids import TenantId

LEARN = text("""
    INSERT INTO known_tenants (id, livemode, currency, time_zone)
    VALUES (:id, :livemode, :currency, :time_zone) ON CONFLICT (id) DO NOTHING
""")


def learn_tenant(db: Session, tenant_id: TenantId, *, livemode: bool, currency: str, time_zone: str) -> None:
    """Remember a tenant; hearing of it again changes nothing."""
    db.execute(LEARN, {"id": tenant_id, "livemode": livemode, "currency": currency, "time_zone": time_zone})


def known_tenants(db: Session) -> Sequence[TenantId]:
    """Every tenant, oldest first."""
    return [TenantId(row.id) for row in db.execute(text("SELECT id FROM known_tenants ORDER BY id"))]
