"""Transfers: units given by one customer to another."""

from datetime import datetime

from fastapi import APIRouter, Request
from pydantic import BaseModel, ConfigDict

from chassis.web.caller import CurrentCaller, needs
from chassis.web.problem_responses import problems
from chassis.web.transaction import MONEY_LIKE, Now, Transaction, TransactionRoute
from kernel.ids import CustomerId
from kernel.points import Points
from services.loyalty.api.fields import Id, Reason, Units, by_hand
from services.loyalty.api.newcomers import introduce_customers
from services.loyalty.domain.offer import WalletUnit
from services.loyalty.domain.refusals.customers import CustomerBlocked, NoSuchCustomer
from services.loyalty.domain.refusals.wallets import InsufficientPoints, SameCustomer
from services.loyalty.operations.transfer_units import transfer_units

router = APIRouter(prefix="/v1", tags=["wallets"], route_class=TransactionRoute)


class TransferRequest(BaseModel):
    """Units to give, and why."""

    model_config = ConfigDict(extra="forbid")

    from_customer_id: Id
    to_customer_id: Id
    amount: Units
    unit: WalletUnit = "points"
    reason: Reason


class TransferDocument(BaseModel):
    """Units that moved, by which key, and why. `pool_id` names the pool they were gathered for."""

    model_config = ConfigDict(from_attributes=True)

    object: str = "transfer"
    id: str
    from_customer_id: str
    to_customer_id: str
    unit: str
    amount: int
    reason: str
    actor: str
    pool_id: str | None
    recorded_at: datetime


@router.post(
    "/transfers",
    status_code=201,
    dependencies=[needs("points:write")],
    responses=problems(NoSuchCustomer, CustomerBlocked, SameCustomer, InsufficientPoints),
    openapi_extra=MONEY_LIKE,
)
def create_transfer(
    wish: TransferRequest, request: Request, db: Transaction, caller: CurrentCaller, now: Now
) -> TransferDocument:
    """Give units of one customer to another. They keep their dates."""
    introduce_customers(request, db, caller, wish.to_customer_id)
    transfer = transfer_units(
        db,
        caller.tenant_id,
        giver=CustomerId(wish.from_customer_id),
        taker=CustomerId(wish.to_customer_id),
        unit=wish.unit,
        amount=Points(wish.amount),
        by=by_hand(caller, wish.reason),
        at=now,
    )
    return TransferDocument.model_validate(transfer)
