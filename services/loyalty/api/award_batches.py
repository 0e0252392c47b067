"""Awards for many customers at once."""

from datetime import datetime
from typing import Annotated, Literal, Self

from fastapi import APIRouter, Query, Request, Response
from pydantic import BaseModel, ConfigDict, Field, model_validator

from chassis.web.caller import CurrentCaller, needs
from chassis.web.pages import LIMIT_DEFAULT, Limit, Page, page_of, place_after
from chassis.web.problem_responses import problems
from chassis.web.transaction import MONEY_LIKE, Now, Transaction, TransactionRoute
from kernel.language import Language
from services.loyalty.api.fields import Id, Reason, by_hand
from services.loyalty.domain.award import Award
from services.loyalty.domain.award_batch import LISTED_MAX, PROBLEMS, BatchStatus, BatchTerms, LineStatus
from services.loyalty.domain.name import Name
from services.loyalty.domain.refusals.awards import (
    AwardBatchDone,
    AwardBatchUnknown,
    AwardUnitUnknown,
    SegmentEmpty,
    SegmentTooLarge,
)
from services.loyalty.domain.refusals.programs import NoLiveProgram
from services.loyalty.domain.written import SegmentName
from services.loyalty.operations.cancel_award_batch import cancel_award_batch
from services.loyalty.operations.order_awards import order_awards
from services.loyalty.queries.award_batches import (
    Line,
    award_batches_of,
    find_award_batch,
    lines_of,
    terms_of_batch,
)
from services.loyalty.tables.award_batches import AwardBatchRow

router = APIRouter(prefix="/v1/award_batches", tags=["awards"], route_class=TransactionRoute)


class AwardOrder(BatchTerms):
    """An award for the customers listed, or for all who are in a segment now. They are told its `name`."""

    customer_ids: Annotated[tuple[Id, ...], Field(min_length=1, max_length=LISTED_MAX)] | None = None
    segment: SegmentName | None = None
    reason: Reason

    @model_validator(mode="after")
    def _says_for_whom(self) -> Self:
        if (self.customer_ids is None) == (self.segment is None):
            raise ValueError("say for whom: customer_ids, or a segment")
        return self


class BatchCancellation(BaseModel):
    """Why no more of the batch is to be given."""

    model_config = ConfigDict(extra="forbid")

    reason: Reason


class AwardBatchDocument(BaseModel):
    """A batch: of its `customers` so many were `given` the award, so many `skipped`, and so many are `waiting`.

    `status` is running, done or cancelled; those who wait in a cancelled batch are given nothing.
    """

    object: Literal["award_batch"] = "award_batch"
    id: str
    status: BatchStatus
    name: Name
    award: Award
    segment: str | None
    customers: int
    given: int
    skipped: int
    waiting: int
    reason: str
    actor: str
    created_at: datetime
    finished_at: datetime | None
    cancelled_by: str | None
    cancelled_for: str | None = Field(description="Why it was cancelled.")


class AwardLineProblem(BaseModel):
    """Why a customer was skipped."""

    code: str = Field(examples=["customer_blocked"])
    text: str = Field(description="In the language asked for.")


class AwardLineDocument(BaseModel):
    """A customer of a batch, by the order in which they were named, and what they were given."""

    object: Literal["award_line"] = "award_line"
    line: int
    customer_id: str
    status: LineStatus
    problem: AwardLineProblem | None
    given_to: str | None = Field(description="The customer, or whom they were merged into by then.")
    unit: str | None
    units: int = Field(description="What came into the wallet; less than the award where there was no room for all.")
    voucher_id: str | None


@router.post(
    "",
    status_code=202,
    dependencies=[needs("points:write")],
    responses=problems(NoLiveProgram, AwardUnitUnknown, SegmentEmpty, SegmentTooLarge),
    openapi_extra=MONEY_LIKE,
)
def create(
    order: AwardOrder, db: Transaction, caller: CurrentCaller, now: Now, response: Response
) -> AwardBatchDocument:
    """Have an award given to many. Ask `Location` how far it is; each customer gets it once."""
    terms = BatchTerms(name=order.name, award=order.award)
    whom = order.customer_ids or order.segment or ()
    batch = order_awards(db, caller.tenant_id, terms, whom, by=by_hand(caller, order.reason), at=now)
    response.headers["location"] = f"/v1/award_batches/{batch.id}"
    return document(batch)


@router.get("", dependencies=[needs("points:read")], responses=problems())
def read_all(
    request: Request, db: Transaction, caller: CurrentCaller, limit: Limit = LIMIT_DEFAULT, cursor: str | None = None
) -> Page[AwardBatchDocument]:
    """The batches, the newest first."""
    batches = award_batches_of(db, caller.tenant_id, after=place_after(request, cursor), limit=limit + 1)
    return page_of(request, batches, limit, lambda batch: batch.id, document)


@router.get("/{award_batch_id}", dependencies=[needs("points:read")], responses=problems(AwardBatchUnknown))
def read_one(award_batch_id: str, db: Transaction, caller: CurrentCaller) -> AwardBatchDocument:
    """One batch, and how far it is."""
    return document(find_award_batch(db, caller.tenant_id, award_batch_id))


@router.get("/{award_batch_id}/lines", dependencies=[needs("points:read")], responses=problems(AwardBatchUnknown))
def read_lines(
    award_batch_id: str,
    request: Request,
    db: Transaction,
    caller: CurrentCaller,
    status: Annotated[LineStatus | None, Query(description="Only those that are this.")] = None,
    limit: Limit = LIMIT_DEFAULT,
    cursor: str | None = None,
) -> Page[AwardLineDocument]:
    """What became of each customer of a batch, in the order in which they were named."""
    find_award_batch(db, caller.tenant_id, award_batch_id)
    after = int(place_after(request, cursor) or 0)
    lines = lines_of(db, caller.tenant_id, award_batch_id, status, after=after, limit=limit + 1)
    return page_of(request, lines, limit, lambda line: str(line[0].line), lambda line: told(line, caller.language))


@router.post(
    "/{award_batch_id}/cancel",
    dependencies=[needs("points:write")],
    responses=problems(AwardBatchUnknown, AwardBatchDone),
    openapi_extra=MONEY_LIKE,
)
def cancel(
    award_batch_id: str, wish: BatchCancellation, db: Transaction, caller: CurrentCaller, now: Now
) -> AwardBatchDocument:
    """Give no more of it. Who was given the award by now keeps it."""
    return document(cancel_award_batch(db, caller.tenant_id, award_batch_id, by=by_hand(caller, wish.reason), at=now))


def document(batch: AwardBatchRow) -> AwardBatchDocument:
    """A batch as it is answered."""
    terms = terms_of_batch(batch)
    return AwardBatchDocument(
        id=batch.id,
        status=batch.status,
        name=terms.name,
        award=terms.award,
        segment=batch.segment,
        customers=batch.customers,
        given=batch.given,
        skipped=batch.skipped,
        waiting=batch.customers - batch.given - batch.skipped,
        reason=batch.reason,
        actor=batch.actor,
        created_at=batch.created_at,
        finished_at=batch.finished_at,
        cancelled_by=batch.cancelled_by,
        cancelled_for=batch.cancelled_for,
    )


def told(line: Line, language: Language) -> AwardLineDocument:
    """A line as it is answered."""
    row, award = line
    problem = row.problem and AwardLineProblem(code=row.problem, text=PROBLEMS[row.problem].in_language(language))
    return AwardLineDocument(
        line=row.line,
        customer_id=row.customer_id,
        status=row.status,
        problem=problem or None,
        given_to=row.given_to,
        unit=award.unit if award else None,
        units=award.units if award else 0,
        voucher_id=award.voucher_id if award else None,
    )
