"""Finding activities."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from kernel.ids import CustomerId, TenantId
from services.loyalty.domain.refusals.activities import ActivityUnknown
from services.loyalty.queries.program_shelf import SHELF, ShelvedProgram
from services.loyalty.tables.activities import ActivityRow

AFTER_ALL_IDS = "act_~"


def find_activity(db: Session, tenant_id: TenantId, activity_id: str) -> ActivityRow:
    """An activity. Raises ActivityUnknown."""
    activity = db.get(ActivityRow, (tenant_id, activity_id), populate_existing=True)
    if activity is None:
        raise ActivityUnknown
    return activity


def activities_of(
    db: Session, tenant_id: TenantId, customer_id: CustomerId, *, after: str | None, limit: int
) -> Sequence[ActivityRow]:
    """What a customer did, the newest first."""
    return db.scalars(
        select(ActivityRow)
        .where(
            ActivityRow.tenant_id == tenant_id,
            ActivityRow.customer_id == customer_id,
            ActivityRow.id < (after or AFTER_ALL_IDS),
        )
        .order_by(ActivityRow.id.desc())
        .limit(limit)
    ).all()


def program_of_activity(db: Session, row: ActivityRow) -> ShelvedProgram | None:
    """The version that decided."""
    if row.program_id is None or row.program_version is None:
        return None
    return SHELF.program(db, row.tenant_id, row.program_id, row.program_version)
