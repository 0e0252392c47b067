"""Naming the moment at which a version of a program goes live. Source: docs/rules/programs.md."""

from datetime import datetime

from sqlalchemy.orm import Session

from kernel.ids import TenantId
from services.loyalty.domain.refusals.programs import MomentPassed, VersionRetired
from services.loyalty.operations.publish_version import TAKE_TURNS, check_alone, check_named, publish_due, sign
from services.loyalty.queries.programs import find_version
from services.loyalty.tables.programs import ProgramVersionRow


def schedule_version(
    db: Session, tenant_id: TenantId, program_id: str, number: int, publish_at: datetime, *, actor: str, at: datetime
) -> ProgramVersionRow:
    """Let a draft go live at that moment; naming another moment moves it.

    What its rules name has to be there by now. Raises VersionUnknown, VersionRetired for one that is live or was,
    MomentPassed, AnotherProgramLive, NamedThingMissing, and SecondPersonNeeded.
    """
    db.execute(TAKE_TURNS, {"tenant_id": tenant_id})
    publish_due(db, tenant_id, at=at)
    version = find_version(db, tenant_id, program_id, number)
    if version.status in ("live", "retired"):
        raise VersionRetired(version=number)
    if publish_at <= at:
        raise MomentPassed(moment=publish_at.isoformat())
    check_alone(db, tenant_id, program_id)
    check_named(db, version)
    sign(db, version, actor)
    version.status, version.publish_at = "scheduled", publish_at
    db.flush()
    return version
