"""Activities in bulk."""

from typing import Annotated, Any

import orjson
from fastapi import APIRouter
from fastapi.encoders import jsonable_encoder
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError
from starlette.concurrency import run_in_threadpool

from chassis.data.database import Database
from chassis.web.caller import Caller
from chassis.web.hot_routes import HotRequest, JsonAnswer, Response, hot_caller, hot_route, parsed
from chassis.web.problem_responses import Problem, invalid_document, problem_document, problems
from kernel.clock import utc_now
from kernel.refusal import Refused
from services.loyalty.api.activities import ActivityDocument
from services.loyalty.api.activities import document as activity_document
from services.loyalty.api.newcomers import introduce_customers
from services.loyalty.domain.activity import Activity
from services.loyalty.operations.record_activity import record_activity

BATCH_MAX = 500
BATCH_BYTES_MAX = 4 << 20

router = APIRouter(prefix="/v1", tags=["activities"])


class ActivityBatch(BaseModel):
    """Up to 500 activities, taken in this order; one that is refused does not disturb the others."""

    model_config = ConfigDict(extra="forbid")

    activities: Annotated[list[Activity], Field(min_length=1, max_length=BATCH_MAX)]


class UnreadActivities(BaseModel):
    """A batch whose activities are still to be read, each by itself."""

    model_config = ConfigDict(extra="forbid")

    activities: Annotated[list[dict[str, Any]], Field(min_length=1, max_length=BATCH_MAX)]


class ActivityResult(BaseModel):
    """What became of one activity: its status, and the activity or the problem."""

    status: int
    activity: ActivityDocument | None = None
    problem: Problem | None = None


class ActivityBatchDocument(BaseModel):
    """What became of each activity, in the order sent."""

    object: str = "activity_batch"
    results: list[ActivityResult]


UNREAD: TypeAdapter[UnreadActivities] = TypeAdapter(UnreadActivities)
ACTIVITY: TypeAdapter[Activity] = TypeAdapter(Activity)


async def create_activities(request: HotRequest) -> Response:
    """Record activities in bulk: at most 500, each with its own result. Send it again when in doubt."""
    caller = hot_caller(request, "purchases:write")
    unread = parsed(UNREAD, await request.body(BATCH_BYTES_MAX))
    read = [activity_or_problem(caller, item) for item in unread.activities]
    async with request.app.state.connections:
        results = await run_in_threadpool(record_each, request, caller, read)
    return JsonAnswer(200, orjson.dumps({"object": "activity_batch", "results": results}))


def activity_or_problem(caller: Caller, item: dict[str, Any]) -> Activity | dict[str, Any]:
    """One activity of a batch, or the result that says what is wrong with it."""
    try:
        return ACTIVITY.validate_python(item)
    except ValidationError as error:
        invalid = RequestValidationError(error.errors(include_url=False, include_input=False))
        return {"status": 422, "problem": invalid_document(invalid, caller.language, caller.request_id)}


def record_each(request: HotRequest, caller: Caller, read: list[Activity | dict[str, Any]]) -> list[dict[str, Any]]:
    """Record the activities in turn, each in a transaction of its own: who is locked for one waits for no other."""
    database: Database = request.app.state.database
    with database.transaction(caller.tenant_id) as db:
        for customer_id in sorted({activity.customer_id for activity in read if isinstance(activity, Activity)}):
            introduce_customers(request, db, caller, customer_id)
    return [record_one(database, caller, activity) if isinstance(activity, Activity) else activity for activity in read]


def record_one(database: Database, caller: Caller, activity: Activity) -> dict[str, Any]:
    """One entry of a batch's answer."""
    try:
        with database.transaction(caller.tenant_id) as db:
            recorded = record_activity(db, caller.tenant_id, activity, at=utc_now(), trace=caller.request_id or None)
            document = jsonable_encoder(activity_document(db, recorded.row, caller))
    except Refused as refused:
        problem = problem_document(refused, caller.language, caller.request_id)
        return {"status": problem["status"], "problem": problem}
    return {"status": 200 if recorded.again else 201, "activity": document}


HOT_ROUTES = (
    hot_route(
        router,
        "POST",
        "/activities/batch",
        create_activities,
        scope="purchases:write",
        body=ActivityBatch,
        response_model=ActivityBatchDocument,
        responses=problems(),
    ),
)
