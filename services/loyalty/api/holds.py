"""Holds: units set aside at checkout, then captured or released."""

from datetime import datetime, timedelta
from typing import Annotated

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field

from chassis.web.caller import CurrentCaller, needs
from chassis.web.problem_responses import problems
from chassis.web.transaction import MONEY_LIKE, Now, Transaction, TransactionRoute
from kernel.ids import CustomerId
from kernel.points import Points
from services.loyalty.api.fields import Id, Units
from services.loyalty.domain.offer import WalletUnit
from services.loyalty.domain.refusals.customers import CustomerBlocked, NoSuchCustomer
from services.loyalty.domain.refusals.wallets import CaptureTooLarge, HoldClosed, HoldUnknown, InsufficientPoints
from services.loyalty.operations.capture_hold import capture_hold
from services.loyalty.operations.hold_points import hold_points
from services.loyalty.operations.release_hold import release_hold

HOLD_SECONDS_DEFAULT = 900
HOLD_SECONDS_MAX = 7 * 24 * 3600

router = APIRouter(prefix="/v1", tags=["wallets"], route_class=TransactionRoute)


class HoldRequest(BaseModel):
    """Units to set aside. `reference` is yours: an order's number, say."""

    model_config = ConfigDict(extra="forbid")

    customer_id: Id
    amount: Units
    unit: WalletUnit = "points"
    seconds: Annotated[int, Field(ge=1, le=HOLD_SECONDS_MAX)] = HOLD_SECONDS_DEFAULT
    reference: Annotated[str, Field(max_length=100)] | None = None


class CaptureRequest(BaseModel):
    """How much of the hold to spend; all of it when not said."""

    model_config = ConfigDict(extra="forbid")

    amount: Units | None = None


ALL_OF_IT = CaptureRequest()


class HoldDocument(BaseModel):
    """Units set aside: `status` is held, captured, released or expired.

    `amount` is less than what was asked for where the program sets aside what there is.
    """

    model_config = ConfigDict(from_attributes=True)

    object: str = "hold"
    id: str
    customer_id: str
    unit: str
    amount: int
    captured: int
    status: str
    reference: str | None
    created_at: datetime
    expires_at: datetime
    closed_at: datetime | None


@router.post(
    "/holds",
    status_code=201,
    dependencies=[needs("points:write")],
    responses=problems(NoSuchCustomer, CustomerBlocked, InsufficientPoints),
    openapi_extra=MONEY_LIKE,
)
def create(wish: HoldRequest, db: Transaction, caller: CurrentCaller, now: Now) -> HoldDocument:
    """Set units aside until captured, released, or timed out."""
    hold = hold_points(
        db,
        caller.tenant_id,
        CustomerId(wish.customer_id),
        unit=wish.unit,
        amount=Points(wish.amount),
        lasting=timedelta(seconds=wish.seconds),
        reference=wish.reference,
        at=now,
    )
    return HoldDocument.model_validate(hold)


@router.post(
    "/holds/{hold_id}/capture",
    dependencies=[needs("points:write")],
    responses=problems(HoldUnknown, HoldClosed, CaptureTooLarge, InsufficientPoints),
    openapi_extra=MONEY_LIKE,
)
def capture(
    hold_id: str, db: Transaction, caller: CurrentCaller, now: Now, wish: CaptureRequest = ALL_OF_IT
) -> HoldDocument:
    """Spend what was set aside, or a part of it; the rest is free again."""
    amount = None if wish.amount is None else Points(wish.amount)
    return HoldDocument.model_validate(capture_hold(db, caller.tenant_id, hold_id, amount, at=now))


@router.post(
    "/holds/{hold_id}/release",
    dependencies=[needs("points:write")],
    responses=problems(HoldUnknown, HoldClosed),
    openapi_extra=MONEY_LIKE,
)
def release(hold_id: str, db: Transaction, caller: CurrentCaller, now: Now) -> HoldDocument:
    """Free what was set aside."""
    return HoldDocument.model_validate(release_hold(db, caller.tenant_id, hold_id, at=now))
