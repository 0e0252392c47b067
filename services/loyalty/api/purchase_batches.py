"""Purchases in bulk."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from operator import itemgetter
from typing import Annotated, Any

import anyio.to_thread
import orjson
from fastapi import APIRouter, FastAPI
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from chassis.web.caller import Caller
from chassis.web.hot_routes import HotRequest, JsonAnswer, Response, hot_caller, hot_route, parsed
from chassis.web.problem_responses import Problem, invalid_document, problem_document, problems
from kernel.clock import utc_now
from kernel.refusal import Refused
from services.loyalty.api.newcomers import introduce
from services.loyalty.api.purchase_documents import PurchaseDocument, purchase_document
from services.loyalty.api.purchases import BASKET, sale_of
from services.loyalty.api.till import record_each
from services.loyalty.domain.basket import Basket
from services.loyalty.domain.refusals.customers import CustomerUnknown
from services.loyalty.domain.written import Moment
from services.loyalty.operations.record_purchases import Outcome, Sale

BATCH_MAX = 500
BATCH_BYTES_MAX = 4 << 20
# A difference as small as this may as well be the way the message took.
SKEW_UNNOTICED = timedelta(minutes=5)

router = APIRouter(prefix="/v1", tags=["purchases"])


class PurchaseBatch(BaseModel):
    """Up to 500 purchases, taken in this order; one that is refused does not disturb the others.

    With `till_clock` they are what a till sold while it was offline: taken in the order of their moments, which are put
    right when its clock is wrong.
    """

    model_config = ConfigDict(extra="forbid")

    purchases: Annotated[list[Basket], Field(min_length=1, max_length=BATCH_MAX)]
    till_clock: Annotated[Moment | None, Field(description="What the till's clock says as it sends this.")] = None


class UnreadBatch(BaseModel):
    """A batch whose purchases are still to be read, each by itself."""

    model_config = ConfigDict(extra="forbid")

    purchases: Annotated[list[dict[str, Any]], Field(min_length=1, max_length=BATCH_MAX)]
    till_clock: Moment | None = None


class BatchResult(BaseModel):
    """What became of one purchase: its status, and the purchase or the problem."""

    status: int
    purchase: PurchaseDocument | None = None
    problem: Problem | None = None


class BatchDocument(BaseModel):
    """What became of each purchase, in the order sent."""

    object: str = "batch"
    results: list[BatchResult]


UNREAD: TypeAdapter[UnreadBatch] = TypeAdapter(UnreadBatch)


async def create_purchases(request: HotRequest) -> Response:
    """Record sales in bulk: at most 500, each with its own result. Send it again when in doubt."""
    caller = hot_caller(request, "purchases:write")
    unread = parsed(UNREAD, await request.body(BATCH_BYTES_MAX))
    results: list[dict[str, Any] | Sale] = [sale_or_problem(request, caller, item) for item in unread.purchases]
    sales = [result for result in results if isinstance(result, Sale)]
    if unread.till_clock is not None:
        sales = put_right(sales, skew_of(unread.till_clock, utc_now()))
    outcomes = iter(await record_in_turn(request.app, sales, by_moment=unread.till_clock is not None))
    answered = [batch_result(caller, next(outcomes)) if isinstance(result, Sale) else result for result in results]
    return JsonAnswer(200, orjson.dumps({"object": "batch", "results": answered}))


def skew_of(till_clock: datetime, now: datetime) -> timedelta:
    """By how much the till's clock is slow, below zero when it is fast; little is taken as nothing."""
    skew = now - till_clock
    return skew if abs(skew) > SKEW_UNNOTICED else timedelta(0)


def put_right(sales: list[Sale], skew: timedelta) -> list[Sale]:
    """The sales of a till without a connection, with the moments they had by a clock that is right."""
    return [replace(sale, skew=skew, offline=True) for sale in sales]


async def record_in_turn(app: FastAPI, sales: list[Sale], *, by_moment: bool) -> list[Outcome]:
    """Record the sales as they were sent, or in the order of their moments; answers in the order sent."""
    if not by_moment:
        return await record_all(app, sales)
    turns = sorted(range(len(sales)), key=lambda place: (sales[place].sold_at, sales[place].basket.external_id))
    outcomes = await record_all(app, [sales[place] for place in turns])
    return [outcome for _place, outcome in sorted(zip(turns, outcomes, strict=True), key=itemgetter(0))]


async def record_all(app: FastAPI, sales: list[Sale]) -> list[Outcome]:
    """Record the sales in one transaction; those of customers not heard of yet in a second one, once introduced."""
    outcomes = await anyio.to_thread.run_sync(record_each, app.state.database, sales)
    strangers = [place for place, outcome in enumerate(outcomes) if isinstance(outcome, CustomerUnknown)]
    if strangers and await introduce(app, [sales[place] for place in strangers]):
        again = await anyio.to_thread.run_sync(record_each, app.state.database, [sales[place] for place in strangers])
        for place, outcome in zip(strangers, again, strict=True):
            outcomes[place] = outcome
    return outcomes


def sale_or_problem(request: HotRequest, caller: Caller, item: Mapping[str, Any]) -> Sale | dict[str, Any]:
    """One purchase of a batch, or the result that says what is wrong with it."""
    try:
        return sale_of(request, caller, BASKET.validate_python(item))
    except ValidationError as error:
        invalid = RequestValidationError(error.errors(include_url=False, include_input=False))
        return {"status": 422, "problem": invalid_document(invalid, caller.language, caller.request_id)}
    except Refused as refused:
        return problem_result(refused, caller)


def batch_result(caller: Caller, outcome: Outcome) -> dict[str, Any]:
    """One entry of a batch's answer."""
    if isinstance(outcome, Refused):
        return problem_result(outcome, caller)
    document = purchase_document(outcome.purchase, outcome.program, caller.language, outcome.read)
    return {"status": 200 if outcome.again else 201, "purchase": document}


def problem_result(refused: Refused, caller: Caller) -> dict[str, Any]:
    """A refusal as an entry of a batch's answer."""
    document = problem_document(refused, caller.language, caller.request_id)
    return {"status": document["status"], "problem": document}


HOT_ROUTES = (
    hot_route(
        router,
        "POST",
        "/purchases/batch",
        create_purchases,
        scope="purchases:write",
        body=PurchaseBatch,
        response_model=BatchDocument,
        responses=problems(),
    ),
)
