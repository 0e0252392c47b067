"""Making a version of a program live."""

from datetime import datetime

from sqlalchemy import select, text, update
from sqlalchemy.orm import Session

from chassis.outbox import publish
from contracts.events.loyalty import ProgramPublished
from kernel.ids import TenantId
from services.loyalty.domain.program import ProgramDocument
from services.loyalty.domain.refusals import AnotherProgramLive, VersionRetired
from services.loyalty.queries.programs import find_version
from services.loyalty.tables.programs import ProgramVersionRow

# Two who publish at once take turns: a tenant has one live version.
TAKE_TURNS = text("SELECT pg_advisory_xact_lock(hashtextextended('publish ' || :tenant_id, 0))")


def publish_version(
    db: Session, tenant_id: TenantId, program_id: str, number: int, *, at: datetime, trace: str | None = None
) -> ProgramVersionRow:
    """Let a draft decide sales from now on, in place of the program's version before it. A live one stays as it is.

    What was sold stays as it was decided. Raises ProgramUnknown, VersionUnknown, VersionRetired for one that was
    live before, and AnotherProgramLive.
    """
    db.execute(TAKE_TURNS, {"tenant_id": tenant_id})
    version = find_version(db, tenant_id, program_id, number)
    if version.status == "live":
        return version
    if version.status == "retired":
        raise VersionRetired(version=number)
    retire_live(db, tenant_id, program_id)
    version.status, version.published_at = "live", at
    db.flush()
    terms = ProgramDocument.model_validate_json(version.document)
    publish(
        db,
        ProgramPublished(
            tenant_id=tenant_id,
            occurred_at=at,
            program_id=program_id,
            version=number,
            time_zone=terms.time_zone,
            currency=terms.currency,
        ),
        trace=trace,
    )
    return version


def retire_live(db: Session, tenant_id: TenantId, program_id: str) -> None:
    """End the live version. Raises AnotherProgramLive when it belongs to another program."""
    live = db.scalar(
        select(ProgramVersionRow.program_id).where(
            ProgramVersionRow.tenant_id == tenant_id, ProgramVersionRow.status == "live"
        )
    )
    if live is not None and live != program_id:
        raise AnotherProgramLive(program_id=live)
    db.execute(
        update(ProgramVersionRow)
        .where(ProgramVersionRow.tenant_id == tenant_id, ProgramVersionRow.status == "live")
        .values(status="retired")
    )
