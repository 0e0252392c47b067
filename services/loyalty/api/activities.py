"""Activities: what customers do that is no purchase."""

from datetime import datetime
from typing import Any

import orjson
from fastapi import APIRouter, Request, Response
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy.orm import Session

from chassis.web.caller import Caller, CurrentCaller, needs
from chassis.web.pages import Page, PageAsked
from chassis.web.problem_responses import problems
from chassis.web.transaction import MONEY_LIKE, Now, Transaction, TransactionRoute
from services.loyalty.api.fields import Reason, by_hand
from services.loyalty.api.known_customers import KnownCustomer
from services.loyalty.api.newcomers import introduce_customers
from services.loyalty.api.purchase_documents import (
    EffectDocument,
    MissDocument,
    ProgramReference,
    effect_documents,
    miss_documents,
)
from services.loyalty.domain.activity import Activity, AttributeValue
from services.loyalty.domain.effects import effects_from_json
from services.loyalty.domain.refusals.activities import ActivityConflict, ActivityUnknown
from services.loyalty.domain.refusals.customers import CustomerBlocked, CustomerUnknown, NoSuchCustomer
from services.loyalty.operations.cancel_activity import cancel_activity
from services.loyalty.operations.record_activity import record_activity
from services.loyalty.queries.activities import activities_of, find_activity, program_of_activity
from services.loyalty.tables.activities import ActivityRow
from services.loyalty.tables.receipts import MISSES

router = APIRouter(prefix="/v1", tags=["activities"], route_class=TransactionRoute)


class ActivityDocument(BaseModel):
    """An activity, what its rules gave, and why others gave nothing. `status` is recorded or cancelled."""

    object: str = "activity"
    id: str
    status: str
    customer_id: str
    kind: str
    external_id: str
    attributes: dict[str, AttributeValue]
    occurred_at: datetime
    recorded_at: datetime
    cancelled_at: datetime | None
    reason: str | None = Field(description="Why it was cancelled.")
    effects: list[EffectDocument] = Field(description="What was given, taken back since if it was cancelled.")
    misses: list[MissDocument]
    program: ProgramReference | None


class ActivityCancellation(BaseModel):
    """Why the activity is not to count."""

    model_config = ConfigDict(extra="forbid")

    reason: Reason


@router.post(
    "/activities",
    status_code=201,
    dependencies=[needs("purchases:write")],
    responses={
        200: {"model": ActivityDocument, "description": "Recorded before"},
        **problems(CustomerUnknown, CustomerBlocked, ActivityConflict),
    },
)
def create_activity(
    activity: Activity, request: Request, response: Response, db: Transaction, caller: CurrentCaller, now: Now
) -> ActivityDocument:
    """Record what a customer did. The same kind and `external_id` again give the first answer, and nothing more."""
    introduce_customers(request, db, caller, activity.customer_id)
    recorded = record_activity(db, caller.tenant_id, activity, at=now, trace=caller.request_id or None)
    if recorded.again:
        response.status_code = 200
        response.headers["Idempotent-Replayed"] = "true"
    return document(db, recorded.row, caller)


@router.get("/activities/{activity_id}", dependencies=[needs("purchases:read")], responses=problems(ActivityUnknown))
def read_activity(activity_id: str, db: Transaction, caller: CurrentCaller) -> ActivityDocument:
    """One activity."""
    return document(db, find_activity(db, caller.tenant_id, activity_id), caller)


@router.get(
    "/customers/{customer_id}/activities", dependencies=[needs("purchases:read")], responses=problems(NoSuchCustomer)
)
def read_of_customer(
    customer_id: KnownCustomer,
    page: PageAsked,
    db: Transaction,
    caller: CurrentCaller,
) -> Page[ActivityDocument]:
    """What the customer did, the newest first."""
    rows = activities_of(db, caller.tenant_id, customer_id, after=page.after, limit=page.rows_max)
    return page.of(rows, lambda row: document(db, row, caller))


@router.post(
    "/activities/{activity_id}/cancel",
    dependencies=[needs("purchases:write")],
    responses=problems(ActivityUnknown),
    openapi_extra=MONEY_LIKE,
)
def cancel(
    activity_id: str, wish: ActivityCancellation, db: Transaction, caller: CurrentCaller, now: Now
) -> ActivityDocument:
    """Let an activity not count: what it gave is taken back, as far as the clawback policy says."""
    row = cancel_activity(
        db,
        caller.tenant_id,
        activity_id,
        by=by_hand(caller, wish.reason),
        at=now,
    )
    return document(db, row, caller)


def document(db: Session, row: ActivityRow, caller: Caller) -> ActivityDocument:
    """An activity as it is answered."""
    program = program_of_activity(db, row)
    compiled = program.activities if program else None
    decided: dict[str, Any] = {
        "effects": effect_documents(effects_from_json(row.effects), compiled, caller.language),
        "misses": miss_documents(MISSES.validate_json(row.misses), compiled, caller.language),
    }
    return ActivityDocument(
        id=row.id,
        status=row.status,
        customer_id=row.customer_id,
        kind=row.kind,
        external_id=row.external_id,
        attributes=orjson.loads(row.attributes),
        occurred_at=row.occurred_at,
        recorded_at=row.recorded_at,
        cancelled_at=row.cancelled_at,
        reason=row.reason,
        program=ProgramReference(id=program.program_id, version=program.version) if program else None,
        **decided,
    )
