"""Saying what a version of a program would give for an activity. Source: docs/rules/programs.md."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy.orm import Session

from chassis.data.pipelines import pipeline
from kernel.ids import CustomerId, TenantId
from services.loyalty.domain.activity import Activity
from services.loyalty.domain.evaluate_activity import Outcome
from services.loyalty.domain.program import CompiledProgram, ProgramDocument
from services.loyalty.operations.record_activity import weigh_activity
from services.loyalty.operations.rehearse_basket import left_out
from services.loyalty.queries.customers import welcome
from services.loyalty.queries.program_shelf import ShelvedProgram
from services.loyalty.queries.programs import find_version
from services.loyalty.tables.standings import StandingsRequest


def rehearse_activity(
    db: Session,
    tenant_id: TenantId,
    program_id: str,
    number: int,
    activity: Activity,
    *,
    without: Collection[str] = (),
    at: datetime,
) -> tuple[Outcome, CompiledProgram]:
    """What a version, without some of its rules, would give for the activity at that moment; changes nothing.

    The customer is as they stand now, and so are the limits. Raises VersionUnknown, RuleUnknown, CustomerUnknown and
    CustomerBlocked.
    """
    version = find_version(db, tenant_id, program_id, number)
    document = left_out(ProgramDocument.model_validate_json(version.document), without)
    owner = (tenant_id, CustomerId(activity.customer_id))
    with pipeline(db) as asking:
        standings = StandingsRequest(asking, [owner], lock=False)
    standing = welcome(standings.answer().get(owner), owner[1])
    program = ShelvedProgram(program_id, number, document)
    return weigh_activity(db, standing, program, activity, at, at, lock=False).outcome, program.activities
