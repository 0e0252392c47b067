"""Reinstatements: units that had expired, given back."""

from datetime import datetime

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict

from chassis.web.caller import CurrentCaller, needs
from chassis.web.problem_responses import problems
from chassis.web.transaction import MONEY_LIKE, Now, Transaction, TransactionRoute
from kernel.ids import CustomerId
from kernel.points import Points
from services.loyalty.api.fields import Id, Reason, Units, by_hand
from services.loyalty.domain.offer import WalletUnit
from services.loyalty.domain.refusals.customers import NoSuchCustomer
from services.loyalty.domain.refusals.wallets import EndsInThePast, NotSoManyExpired
from services.loyalty.domain.written import Moment
from services.loyalty.operations.reinstate_units import reinstate_units

router = APIRouter(prefix="/v1", tags=["wallets"], route_class=TransactionRoute)


class ReinstatementRequest(BaseModel):
    """How many of the expired units to give back, until when, and why."""

    model_config = ConfigDict(extra="forbid")

    customer_id: Id
    amount: Units
    unit: WalletUnit = "points"
    expires_at: Moment
    reason: Reason


class ReinstatementDocument(BaseModel):
    """Units given back, by which key, and why."""

    object: str = "reinstatement"
    id: str
    customer_id: str
    unit: str
    amount: int
    expires_at: datetime
    reason: str
    actor: str
    balance_after: int
    recorded_at: datetime


@router.post(
    "/reinstatements",
    status_code=201,
    dependencies=[needs("points:write")],
    responses=problems(NoSuchCustomer, EndsInThePast, NotSoManyExpired),
    openapi_extra=MONEY_LIKE,
)
def create_reinstatement(
    wish: ReinstatementRequest, db: Transaction, caller: CurrentCaller, now: Now
) -> ReinstatementDocument:
    """Give back units that had expired: no more than did, and each once."""
    row, balance = reinstate_units(
        db,
        caller.tenant_id,
        CustomerId(wish.customer_id),
        unit=wish.unit,
        amount=Points(wish.amount),
        expires_at=wish.expires_at,
        by=by_hand(caller, wish.reason),
        at=now,
    )
    return ReinstatementDocument(
        id=row.id,
        customer_id=row.customer_id,
        unit=row.unit,
        amount=row.amount,
        expires_at=row.expires_at,
        reason=row.reason,
        actor=row.actor,
        balance_after=balance,
        recorded_at=row.recorded_at,
    )
