"""Making a version of a program live."""

from datetime import datetime

from sqlalchemy import select, text, update
from sqlalchemy.orm import Session

from chassis.events.outbox import publish
from contracts.events.loyalty import ProgramPublished
from kernel.ids import TenantId
from services.loyalty.domain.named import named_by
from services.loyalty.domain.program import ProgramDocument
from services.loyalty.domain.refusals.programs import (
    AnotherProgramLive,
    NamedThingMissing,
    SecondPersonNeeded,
    VersionRetired,
)
from services.loyalty.queries.named import missing
from services.loyalty.queries.program_shelf import SHELF
from services.loyalty.queries.programs import find_version
from services.loyalty.tables.programs import ProgramRow, ProgramVersionRow

# Two who publish at once take turns: a tenant has one live version.
TAKE_TURNS = text("SELECT pg_advisory_xact_lock(hashtextextended('publish ' || :tenant_id, 0))")


def publish_version(
    db: Session,
    tenant_id: TenantId,
    program_id: str,
    number: int,
    *,
    actor: str,
    at: datetime,
    trace: str | None = None,
) -> ProgramVersionRow:
    """Let a draft decide sales from now on, in place of the program's version before it. A live one stays as it is.

    What was sold stays as it was decided. Raises ProgramUnknown, VersionUnknown, VersionRetired for one that was
    live before, AnotherProgramLive, NamedThingMissing, and SecondPersonNeeded.
    """
    db.execute(TAKE_TURNS, {"tenant_id": tenant_id})
    publish_due(db, tenant_id, at=at)
    version = find_version(db, tenant_id, program_id, number)
    if version.status == "live":
        return version
    if version.status == "retired":
        raise VersionRetired(version=number)
    check_alone(db, tenant_id, program_id)
    check_named(db, version)
    sign(db, version, actor)
    go_live(db, version, at=at, trace=trace)
    return version


def publish_due(db: Session, tenant_id: TenantId, *, at: datetime) -> int:
    """Publish what is due in the order of its moments, each as of its own. The turn is the caller's."""
    due = db.scalars(
        select(ProgramVersionRow)
        .where(
            ProgramVersionRow.tenant_id == tenant_id,
            ProgramVersionRow.status == "scheduled",
            ProgramVersionRow.publish_at <= at,
        )
        .order_by(ProgramVersionRow.publish_at, ProgramVersionRow.version)
    ).all()
    for version in due:
        assert version.publish_at is not None
        go_live(db, version, at=version.publish_at)
    return len(due)


def go_live(db: Session, version: ProgramVersionRow, *, at: datetime, trace: str | None = None) -> None:
    """Put the version in the place of the one before it, as of that moment, and tell."""
    db.execute(
        update(ProgramVersionRow)
        .where(ProgramVersionRow.tenant_id == version.tenant_id, ProgramVersionRow.status == "live")
        .values(status="retired", retired_at=at)
    )
    version.status, version.published_at = "live", at
    db.flush()
    terms = ProgramDocument.model_validate_json(version.document)
    publish(
        db,
        ProgramPublished(
            tenant_id=version.tenant_id,
            occurred_at=at,
            program_id=version.program_id,
            version=version.version,
            time_zone=terms.time_zone,
            currency=terms.currency,
        ),
        trace=trace,
    )


def sign(db: Session, version: ProgramVersionRow, actor: str) -> None:
    """Note who lets the version go live. Raises SecondPersonNeeded where that may not be the one who drafted it."""
    program = db.get_one(ProgramRow, (version.tenant_id, version.program_id))
    if program.second_person and version.author == actor:
        raise SecondPersonNeeded
    version.publisher = actor


def check_named(db: Session, version: ProgramVersionRow) -> None:
    """Raises NamedThingMissing when a rule names what is not there.

    What the live version names already is not asked for again: a draw that was called off since, or a segment that
    everybody left, holds up no other change.
    """
    tenant_id = TenantId(version.tenant_id)
    live = SHELF.live(db, tenant_id)
    before = {(thing, name) for _rule, thing, name in named_by(live.document)} if live else set()
    document = ProgramDocument.model_validate_json(version.document)
    absent = missing(db, tenant_id, [each for each in named_by(document) if each[1:] not in before])
    if absent:
        raise NamedThingMissing(**absent[0]._asdict(), missing=[each._asdict() for each in absent])


def check_alone(db: Session, tenant_id: TenantId, program_id: str) -> None:
    """Raises AnotherProgramLive when a version of another program is live, or is to be."""
    other = db.scalar(
        select(ProgramVersionRow.program_id)
        .where(
            ProgramVersionRow.tenant_id == tenant_id,
            ProgramVersionRow.program_id != program_id,
            ProgramVersionRow.status.in_(("live", "scheduled")),
        )
        .limit(1)
    )
    if other is not None:
        raise AnotherProgramLive(program_id=other)
