"""Programs: drafted, scheduled, published, retired."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field

from chassis.web.caller import CurrentCaller, needs
from chassis.web.pages import Page, PageAsked
from chassis.web.problem_responses import problems
from chassis.web.transaction import Now, Transaction, TransactionRoute
from services.loyalty.domain.program import ProgramDocument
from services.loyalty.domain.refusals.programs import (
    AnotherProgramLive,
    MomentPassed,
    NamedThingMissing,
    ProgramUnknown,
    SecondPersonNeeded,
    VersionNotScheduled,
    VersionRetired,
    VersionUnknown,
)
from services.loyalty.domain.written import Moment
from services.loyalty.operations.add_version import add_version
from services.loyalty.operations.create_program import create_program
from services.loyalty.operations.publish_version import publish_version
from services.loyalty.operations.retire_program import retire_program
from services.loyalty.operations.schedule_version import schedule_version
from services.loyalty.operations.unschedule_version import unschedule_version
from services.loyalty.queries.programs import find_version, programs_of, versions_of
from services.loyalty.tables.programs import ProgramRow, ProgramVersionRow

router = APIRouter(prefix="/v1", tags=["programs"], route_class=TransactionRoute)


class ProgramRequest(BaseModel):
    """A program's name, and the document of its first version."""

    model_config = ConfigDict(extra="forbid")

    name: Annotated[str, Field(min_length=1, max_length=200)]
    document: ProgramDocument
    second_person: Annotated[
        bool, Field(strict=True, description="Nobody publishes what they drafted themselves. Stays as it is.")
    ] = False


class VersionRequest(BaseModel):
    """The document of a program's next version."""

    model_config = ConfigDict(extra="forbid")

    document: ProgramDocument


class VersionSummary(BaseModel):
    """A version without its document. `status` is draft, scheduled, live or retired.

    `author` is the key that drafted it, `publisher` the one that published or scheduled it.
    """

    version: int
    status: str
    author: str | None
    publisher: str | None
    created_at: datetime
    publish_at: datetime | None
    published_at: datetime | None
    retired_at: datetime | None


class VersionDetails(VersionSummary):
    """A version of a program."""

    object: str = "program_version"
    program_id: str
    document: ProgramDocument


class ProgramDetails(BaseModel):
    """A tenant's set of rules, and its versions."""

    object: str = "program"
    id: str
    name: str
    second_person: bool
    created_at: datetime
    versions: list[VersionSummary]


class ScheduleRequest(BaseModel):
    """When the version is to go live."""

    model_config = ConfigDict(extra="forbid")

    publish_at: Moment


@router.post("/programs", status_code=201, dependencies=[needs("programs:write")], responses=problems())
def create(wish: ProgramRequest, db: Transaction, caller: CurrentCaller, now: Now) -> ProgramDetails:
    """Draft a program. Nothing changes until a version of it is published."""
    program, version = create_program(
        db,
        caller.tenant_id,
        wish.name,
        wish.document,
        actor=caller.actor,
        at=now,
        second_person=wish.second_person,
    )
    return details(program, [version])


@router.get("/programs", dependencies=[needs("programs:read")], responses=problems())
def read_all(page: PageAsked, db: Transaction, caller: CurrentCaller) -> Page[ProgramDetails]:
    """The tenant's programs, the oldest first."""
    programs = programs_of(db, caller.tenant_id, after=page.after, limit=page.rows_max)
    versions = versions_of(db, caller.tenant_id, [program.id for program in programs])
    return page.of(programs, lambda program: details(program, versions))


@router.post(
    "/programs/{program_id}/versions",
    status_code=201,
    dependencies=[needs("programs:write")],
    responses=problems(ProgramUnknown),
)
def create_version(
    program_id: str, wish: VersionRequest, db: Transaction, caller: CurrentCaller, now: Now
) -> VersionDetails:
    """Draft the next version of a program."""
    return version_details(add_version(db, caller.tenant_id, program_id, wish.document, actor=caller.actor, at=now))


@router.get(
    "/programs/{program_id}/versions/{version}",
    dependencies=[needs("programs:read")],
    responses=problems(VersionUnknown),
)
def read_version(program_id: str, version: int, db: Transaction, caller: CurrentCaller) -> VersionDetails:
    """One version, with its document."""
    return version_details(find_version(db, caller.tenant_id, program_id, version))


@router.post(
    "/programs/{program_id}/versions/{version}/publish",
    dependencies=[needs("programs:write")],
    responses=problems(VersionUnknown, VersionRetired, AnotherProgramLive, NamedThingMissing, SecondPersonNeeded),
)
def publish(program_id: str, version: int, db: Transaction, caller: CurrentCaller, now: Now) -> VersionDetails:
    """Let a version decide sales from now on. Publishing it again changes nothing."""
    row = publish_version(
        db, caller.tenant_id, program_id, version, actor=caller.actor, at=now, trace=caller.request_id or None
    )
    return version_details(row)


@router.post(
    "/programs/{program_id}/versions/{version}/schedule",
    dependencies=[needs("programs:write")],
    responses=problems(
        VersionUnknown, VersionRetired, AnotherProgramLive, MomentPassed, NamedThingMissing, SecondPersonNeeded
    ),
)
def schedule(
    program_id: str, version: int, wish: ScheduleRequest, db: Transaction, caller: CurrentCaller, now: Now
) -> VersionDetails:
    """Let a version go live at a moment to come: sales from then on are decided by it. Another moment moves it."""
    return version_details(
        schedule_version(db, caller.tenant_id, program_id, version, wish.publish_at, actor=caller.actor, at=now)
    )


@router.post(
    "/programs/{program_id}/versions/{version}/unschedule",
    dependencies=[needs("programs:write")],
    responses=problems(VersionUnknown, VersionNotScheduled),
)
def unschedule(program_id: str, version: int, db: Transaction, caller: CurrentCaller, now: Now) -> VersionDetails:
    """Make a scheduled version a draft again."""
    return version_details(unschedule_version(db, caller.tenant_id, program_id, version, at=now))


@router.post(
    "/programs/{program_id}/retire",
    dependencies=[needs("programs:write")],
    responses=problems(ProgramUnknown),
)
def retire(program_id: str, db: Transaction, caller: CurrentCaller, now: Now) -> ProgramDetails:
    """Let no version of a program decide sales any more. One that is scheduled is a draft again."""
    program = retire_program(db, caller.tenant_id, program_id, at=now)
    return details(program, versions_of(db, caller.tenant_id, [program_id]))


def details(program: ProgramRow, versions: Sequence[ProgramVersionRow]) -> ProgramDetails:
    """A program with those of the versions that are its own."""
    return ProgramDetails(
        id=program.id,
        name=program.name,
        second_person=program.second_person,
        created_at=program.created_at,
        versions=[
            VersionSummary.model_validate(version, from_attributes=True)
            for version in versions
            if version.program_id == program.id
        ],
    )


def version_details(version: ProgramVersionRow) -> VersionDetails:
    """A version with its document."""
    return VersionDetails(
        program_id=version.program_id,
        version=version.version,
        status=version.status,
        author=version.author,
        publisher=version.publisher,
        created_at=version.created_at,
        publish_at=version.publish_at,
        published_at=version.published_at,
        retired_at=version.retired_at,
        document=ProgramDocument.model_validate_json(version.document),
    )
