"""Publishing what was scheduled. Source: docs/rules/programs.md."""

from datetime import datetime

from sqlalchemy.orm import Session

from kernel.ids import TenantId
from services.loyalty.operations.publish_version import TAKE_TURNS, publish_due


def publish_scheduled(db: Session, tenant_id: TenantId, *, at: datetime) -> int:
    """Publish the versions whose moment has come; returns how many. Twice changes nothing."""
    db.execute(TAKE_TURNS, {"tenant_id": tenant_id})
    return publish_due(db, tenant_id, at=at)
