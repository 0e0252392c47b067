"""Releases: units that waited for something to happen become spendable."""

from typing import Annotated

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field

from chassis.web.caller import CurrentCaller, needs
from chassis.web.problem_responses import problems
from chassis.web.transaction import MONEY_LIKE, Now, Transaction, TransactionRoute
from kernel.ids import CustomerId
from services.loyalty.api.fields import Id
from services.loyalty.domain.pending import EventName
from services.loyalty.domain.refusals.customers import NoSuchCustomer
from services.loyalty.operations.release_units import release_units

router = APIRouter(prefix="/v1", tags=["wallets"], route_class=TransactionRoute)


class ReleaseRequest(BaseModel):
    """What happened: to the customer, or to one purchase of theirs."""

    model_config = ConfigDict(extra="forbid")

    customer_id: Id
    event: EventName
    purchase_id: Annotated[str, Field(max_length=64)] | None = None


class ReleasedUnits(BaseModel):
    """Units that can be spent from now on."""

    unit: str
    amount: int


class ReleaseDocument(BaseModel):
    """What became spendable; nothing when nothing waited for the event."""

    object: str = "release"
    customer_id: str
    event: str
    released: list[ReleasedUnits]


@router.post(
    "/releases",
    status_code=201,
    dependencies=[needs("points:write")],
    responses=problems(NoSuchCustomer),
    openapi_extra=MONEY_LIKE,
)
def create_release(wish: ReleaseRequest, db: Transaction, caller: CurrentCaller, now: Now) -> ReleaseDocument:
    """Say that what units waited for has happened."""
    released = release_units(
        db,
        caller.tenant_id,
        CustomerId(wish.customer_id),
        wish.event,
        purchase_id=wish.purchase_id,
        at=now,
        trace=caller.request_id or None,
    )
    return ReleaseDocument(
        customer_id=wish.customer_id,
        event=wish.event,
        released=[ReleasedUnits(unit=unit, amount=amount) for unit, amount in released],
    )
