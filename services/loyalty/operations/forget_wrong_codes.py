"""Forgetting the wrong codes that bar nobody any more."""

from datetime import datetime

from sqlalchemy.orm import Session

from kernel.ids import TenantId
from services.loyalty.tables.wrong_codes import forget_wrong


def forget_wrong_codes(db: Session, tenant_id: TenantId, *, at: datetime) -> int:
    """Forget the windows that are over; returns how many."""
    return forget_wrong(db, tenant_id, at)
