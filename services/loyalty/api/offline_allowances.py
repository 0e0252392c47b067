"""Allowances: units set aside for tills without a connection, in a QR code that the customer shows."""

from datetime import datetime, timedelta
from typing import Annotated, Literal

from fastapi import APIRouter, Request
from pydantic import BaseModel, ConfigDict, Field

from chassis.web.caller import CurrentCaller, needs
from chassis.web.problem_responses import problems
from chassis.web.transaction import MONEY_LIKE, Now, Transaction, TransactionRoute
from kernel.ids import CustomerId
from kernel.points import Points
from services.loyalty.api.fields import Units
from services.loyalty.api.offline_keys import keys_of
from services.loyalty.domain.offer import WalletUnit
from services.loyalty.domain.refusals.customers import CustomerBlocked, NoSuchCustomer
from services.loyalty.domain.refusals.offline import AllowanceNotOffered
from services.loyalty.domain.refusals.wallets import InsufficientPoints
from services.loyalty.operations.issue_allowance import issue_allowance

MINUTES_DEFAULT = 12 * 60
GRACE_MINUTES_DEFAULT = 24 * 60
MINUTES_MAX = 7 * 24 * 60

router = APIRouter(prefix="/v1", tags=["offline tills"], route_class=TransactionRoute)


class AllowanceRequest(BaseModel):
    """Units to set aside. Tills take them for `minutes`; what comes in later is waited for `grace_minutes` more."""

    model_config = ConfigDict(extra="forbid")

    amount: Units
    unit: WalletUnit = "points"
    minutes: Annotated[int, Field(ge=1, le=MINUTES_MAX)] = MINUTES_DEFAULT
    grace_minutes: Annotated[int, Field(ge=0, le=MINUTES_MAX)] = GRACE_MINUTES_DEFAULT


class AllowanceDocument(BaseModel):
    """What a till may take: up to `worth` minor units of `currency`, for `amount` units. Release the hold to call it
    off.
    """

    object: Literal["offline_allowance"] = "offline_allowance"
    id: str
    customer_id: str
    hold_id: str
    unit: str
    amount: int
    currency: str
    worth: int
    valid_from: datetime
    valid_until: datetime
    held_until: datetime
    token: str = Field(description="The text of the QR code. It is told this once.")


@router.post(
    "/customers/{customer_id}/offline_allowances",
    status_code=201,
    dependencies=[needs("points:write")],
    responses=problems(NoSuchCustomer, CustomerBlocked, InsufficientPoints, AllowanceNotOffered),
    openapi_extra=MONEY_LIKE,
)
def create(
    customer_id: str, wish: AllowanceRequest, request: Request, db: Transaction, caller: CurrentCaller, now: Now
) -> AllowanceDocument:
    """Set units aside for tills without a connection."""
    row, hold, token = issue_allowance(
        db,
        caller.tenant_id,
        CustomerId(customer_id),
        unit=wish.unit,
        units=Points(wish.amount),
        lasting=timedelta(minutes=wish.minutes),
        grace=timedelta(minutes=wish.grace_minutes),
        key=keys_of(request, caller.tenant_id)[0],
        at=now,
    )
    return AllowanceDocument(
        id=row.id,
        customer_id=row.customer_id,
        hold_id=hold.id,
        unit=row.unit,
        amount=row.units,
        currency=row.currency,
        worth=row.worth,
        valid_from=row.valid_from,
        valid_until=row.valid_until,
        held_until=hold.expires_at,
        token=token,
    )
