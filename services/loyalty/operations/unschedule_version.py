"""Making a scheduled version of a program a draft again. Source: docs/rules/programs.md."""

from datetime import datetime

from sqlalchemy.orm import Session

from kernel.ids import TenantId
from services.loyalty.domain.refusals.programs import VersionNotScheduled
from services.loyalty.operations.publish_version import TAKE_TURNS, publish_due
from services.loyalty.queries.programs import find_version
from services.loyalty.tables.programs import ProgramVersionRow


def unschedule_version(
    db: Session, tenant_id: TenantId, program_id: str, number: int, *, at: datetime
) -> ProgramVersionRow:
    """Make a scheduled version a draft again. A draft stays one.

    Raises VersionUnknown, and VersionNotScheduled when its moment has come.
    """
    db.execute(TAKE_TURNS, {"tenant_id": tenant_id})
    publish_due(db, tenant_id, at=at)
    version = find_version(db, tenant_id, program_id, number)
    if version.status in ("live", "retired"):
        raise VersionNotScheduled(version=number)
    version.status, version.publish_at, version.publisher = "draft", None, None
    db.flush()
    return version
