"""Adjustments: units given or taken by hand, with a reason."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Request
from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from chassis.web.caller import CurrentCaller, needs
from chassis.web.problem_responses import problems
from chassis.web.transaction import MONEY_LIKE, Now, Transaction, TransactionRoute
from kernel.ids import CustomerId
from kernel.points import Points
from services.loyalty.api.fields import UNITS_MAX, Id, Reason, by_hand
from services.loyalty.api.newcomers import introduce_customers
from services.loyalty.domain.offer import WalletUnit
from services.loyalty.domain.refusals.customers import NoSuchCustomer
from services.loyalty.domain.refusals.wallets import EndsInThePast, InsufficientPoints
from services.loyalty.domain.written import Moment
from services.loyalty.operations.adjust_points import adjust_points

router = APIRouter(prefix="/v1", tags=["wallets"], route_class=TransactionRoute)


def not_zero(amount: int) -> int:
    """An adjustment changes something. Raises ValueError."""
    if amount == 0:
        raise ValueError("an adjustment of nothing")
    return amount


class AdjustmentRequest(BaseModel):
    """Units to give, or to take when below zero. Given ones may have an end."""

    model_config = ConfigDict(extra="forbid")

    customer_id: Id
    amount: Annotated[int, Field(ge=-UNITS_MAX, le=UNITS_MAX), AfterValidator(not_zero)]
    unit: WalletUnit = "points"
    reason: Reason
    expires_at: Moment | None = None


class AdjustmentDocument(BaseModel):
    """What was given or taken, by which key, and why; `wanted` is what was asked for."""

    object: str = "adjustment"
    id: str
    customer_id: str
    unit: str
    amount: int
    wanted: int
    reason: str
    actor: str
    balance_after: int
    recorded_at: datetime


@router.post(
    "/adjustments",
    status_code=201,
    dependencies=[needs("points:write")],
    responses=problems(NoSuchCustomer, InsufficientPoints, EndsInThePast),
    openapi_extra=MONEY_LIKE,
)
def create(
    wish: AdjustmentRequest, request: Request, db: Transaction, caller: CurrentCaller, now: Now
) -> AdjustmentDocument:
    """Give or take units by hand."""
    introduce_customers(request, db, caller, wish.customer_id)
    row, balance = adjust_points(
        db,
        caller.tenant_id,
        CustomerId(wish.customer_id),
        unit=wish.unit,
        amount=Points(wish.amount),
        by=by_hand(caller, wish.reason),
        expires_at=wish.expires_at,
        at=now,
    )
    return AdjustmentDocument(
        id=row.id,
        customer_id=row.customer_id,
        unit=row.unit,
        amount=row.amount,
        wanted=wish.amount,
        reason=row.reason,
        actor=row.actor,
        balance_after=balance,
        recorded_at=row.recorded_at,
    )
