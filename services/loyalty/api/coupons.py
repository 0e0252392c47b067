"""Coupons, looked up by their codes."""

from datetime import date
from typing import Literal

from fastapi import APIRouter, Request, Response
from pydantic import BaseModel, Field

from chassis.web.caller import CurrentCaller, needs
from chassis.web.problem_responses import problem_response, problems
from chassis.web.transaction import Now, Transaction, TransactionRoute
from services.loyalty.api.vouchers import CodeQuestion
from services.loyalty.domain.guessing import Guesser
from services.loyalty.domain.name import Name
from services.loyalty.domain.refusals.codes import NoSuchCoupon, TooManyWrongCodes
from services.loyalty.operations.look_up_coupon import look_up_coupon
from services.loyalty.queries.coupons import campaign_of

router = APIRouter(prefix="/v1", tags=["coupons"], route_class=TransactionRoute)


class CouponDocument(BaseModel):
    """A code of a campaign, and whether it can be used now."""

    object: Literal["coupon"] = "coupon"
    code: str
    campaign_id: str
    name: Name
    status: str = Field(
        description="usable, not_yet, ended, stopped, used_up, used_by_customer, reserved, "
        "or customer: only a known customer can use it."
    )
    starts_on: date | None
    ends_on: date | None


@router.post(
    "/coupons/lookup",
    dependencies=[needs("rewards:read")],
    response_model=CouponDocument,
    responses=problems(NoSuchCoupon, TooManyWrongCodes),
)
def look_up(
    asked: CodeQuestion, request: Request, db: Transaction, caller: CurrentCaller, now: Now
) -> CouponDocument | Response:
    """The coupon of a code, and whether the customer can use it. Wrong codes are counted."""
    guesser = Guesser(caller.actor, asked.till, asked.customer_id)
    found = look_up_coupon(db, caller.tenant_id, asked.code, guesser, at=now)
    if found is None:
        # Answered and not raised, so that the count is kept.
        return problem_response(NoSuchCoupon(), request.headers)
    return CouponDocument(
        code=found.facts.written,
        campaign_id=found.campaign.id,
        name=campaign_of(found.campaign).name,
        status="usable" if found.why_not is None else found.why_not.removeprefix("coupon_"),
        starts_on=found.facts.starts_on,
        ends_on=found.facts.ends_on,
    )
