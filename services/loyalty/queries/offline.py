"""Finding what offline allowances did not cover."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from kernel.ids import TenantId
from services.loyalty.domain.refusals.offline import OfflineConflictUnknown
from services.loyalty.tables.offline import OfflineConflictRow


def find_conflict(db: Session, tenant_id: TenantId, conflict_id: str) -> OfflineConflictRow:
    """A conflict as it is now. Raises OfflineConflictUnknown."""
    named = (OfflineConflictRow.tenant_id == tenant_id, OfflineConflictRow.id == conflict_id)
    conflict = db.scalar(select(OfflineConflictRow).where(*named).execution_options(populate_existing=True))
    if conflict is None:
        raise OfflineConflictUnknown
    return conflict


def conflicts_of(
    db: Session, tenant_id: TenantId, *, settled: bool | None, after: str | None, limit: int
) -> Sequence[OfflineConflictRow]:
    """A page of conflicts, the oldest first; all of them, or only those that are `settled` or not."""
    named = [OfflineConflictRow.tenant_id == tenant_id, OfflineConflictRow.id > (after or "")]
    if settled is not None:
        resolution = OfflineConflictRow.resolution
        named.append(resolution.is_not(None) if settled else resolution.is_(None))
    return db.scalars(select(OfflineConflictRow).where(*named).order_by(OfflineConflictRow.id).limit(limit)).all()
