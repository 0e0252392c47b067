"""The codes of a coupon campaign: made in batches, and downloaded."""

import csv
from collections.abc import AsyncIterator
from datetime import datetime
from io import StringIO
from typing import Annotated, Any, Literal

from anyio import CapacityLimiter
from fastapi import APIRouter, Request, Response
from fastapi.responses import StreamingResponse
from pydantic import BaseModel, ConfigDict, Field, StringConstraints
from starlette.concurrency import run_in_threadpool

from chassis.data.database import Database
from chassis.web.caller import CurrentCaller, needs
from chassis.web.pages import Page, PageAsked
from chassis.web.problem_responses import problems
from chassis.web.transaction import MONEY_LIKE, Now, Transaction, TransactionRoute
from kernel.ids import TenantId
from services.loyalty.domain.coupon_code import LENGTH_DEFAULT, LENGTH_MAX, LENGTH_MIN, NUMBER_MAX
from services.loyalty.domain.refusals.codes import CouponBatchUnknown, CouponCampaignStopped, CouponCampaignUnknown
from services.loyalty.operations.order_coupon_codes import order_coupon_codes
from services.loyalty.queries.coupons import batches_of, codes_after, find_batch, find_campaign
from services.loyalty.tables.coupons import CouponBatchRow

ROWS_AT_ONCE = 2_000
CSV: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "One code a line, below a line that says `code`.",
        "content": {"text/csv": {"schema": {"type": "string"}}},
    }
}

router = APIRouter(prefix="/v1", tags=["coupons"], route_class=TransactionRoute)


class CodesRequest(BaseModel):
    """How many codes to make, and how they look: so many random characters behind a prefix, and a check symbol."""

    model_config = ConfigDict(extra="forbid")

    number: Annotated[int, Field(strict=True, ge=1, le=NUMBER_MAX)]
    prefix: Annotated[str, StringConstraints(pattern=r"^([0-9A-Za-z][0-9A-Za-z-]{0,15})?$")] = ""
    length: Annotated[int, Field(strict=True, ge=LENGTH_MIN, le=LENGTH_MAX)] = LENGTH_DEFAULT


class CodeBatchDocument(BaseModel):
    """Codes that are made: `made` of `number` so far. `status` is running or done."""

    object: Literal["coupon_batch"] = "coupon_batch"
    id: str
    campaign_id: str
    prefix: str
    length: int
    number: int
    made: int
    status: Literal["running", "done"]
    created_at: datetime
    finished_at: datetime | None


@router.post(
    "/coupon_campaigns/{campaign_id}/codes",
    status_code=202,
    dependencies=[needs("rewards:write")],
    responses=problems(CouponCampaignUnknown, CouponCampaignStopped),
    openapi_extra=MONEY_LIKE,
)
def make(
    campaign_id: str, wish: CodesRequest, db: Transaction, caller: CurrentCaller, now: Now, response: Response
) -> CodeBatchDocument:
    """Have codes made. Ask `Location` how far it is; each code can be used as soon as it is made."""
    batch = order_coupon_codes(
        db,
        caller.tenant_id,
        campaign_id,
        number=wish.number,
        prefix=wish.prefix,
        length=wish.length,
        at=now,
    )
    response.headers["location"] = f"/v1/coupon_campaigns/{campaign_id}/batches/{batch.id}"
    return document(batch)


@router.get(
    "/coupon_campaigns/{campaign_id}/codes",
    # Whoever has the codes can use them: reading the catalogue is not enough.
    dependencies=[needs("rewards:write")],
    response_class=Response,
    responses={**problems(CouponCampaignUnknown, CouponBatchUnknown), **CSV},
)
def download(
    campaign_id: str, request: Request, db: Transaction, caller: CurrentCaller, batch_id: str | None = None
) -> Response:
    """All codes of a campaign, or of one of its batches, as a CSV file in UTF-8."""
    find_campaign(db, caller.tenant_id, campaign_id)
    if batch_id is not None:
        find_batch(db, caller.tenant_id, campaign_id, batch_id)
    state = request.app.state
    lines = code_lines(state.database, state.connections, caller.tenant_id, campaign_id, batch_id)
    name = f'attachment; filename="{batch_id or campaign_id}.csv"'
    return StreamingResponse(lines, media_type="text/csv", headers={"content-disposition": name})


@router.get(
    "/coupon_campaigns/{campaign_id}/batches",
    dependencies=[needs("rewards:read")],
    responses=problems(CouponCampaignUnknown),
)
def read_batches(
    campaign_id: str,
    page: PageAsked,
    db: Transaction,
    caller: CurrentCaller,
) -> Page[CodeBatchDocument]:
    """The batches of a campaign's codes, the newest first."""
    batches = batches_of(db, caller.tenant_id, campaign_id, after=page.after, limit=page.rows_max)
    return page.of(batches, document)


@router.get(
    "/coupon_campaigns/{campaign_id}/batches/{batch_id}",
    dependencies=[needs("rewards:read")],
    responses=problems(CouponBatchUnknown),
)
def read_batch(campaign_id: str, batch_id: str, db: Transaction, caller: CurrentCaller) -> CodeBatchDocument:
    """One batch, and how far it is."""
    return document(find_batch(db, caller.tenant_id, campaign_id, batch_id))


async def code_lines(
    database: Database, connections: CapacityLimiter, tenant_id: TenantId, campaign_id: str, batch_id: str | None
) -> AsyncIterator[str]:
    """The file, some codes at a time, each time in a transaction of its own: it may take as long as the reader does."""

    def some(after: str) -> list[tuple[str, str]]:
        with database.transaction(tenant_id) as db:
            return list(codes_after(db, tenant_id, campaign_id, batch_id, after=after, limit=ROWS_AT_ONCE))

    yield "code\r\n"
    after = ""
    while True:
        async with connections:
            codes = await run_in_threadpool(some, after)
        if not codes:
            return
        after = codes[-1][0]
        lines = StringIO()
        csv.writer(lines).writerows([written] for _plain, written in codes)
        yield lines.getvalue()


def document(batch: CouponBatchRow) -> CodeBatchDocument:
    """A batch as it is answered."""
    return CodeBatchDocument(
        id=batch.id,
        campaign_id=batch.campaign_id,
        prefix=batch.prefix,
        length=batch.length,
        number=batch.number,
        made=batch.made,
        status="running" if batch.finished_at is None else "done",
        created_at=batch.created_at,
        finished_at=batch.finished_at,
    )
