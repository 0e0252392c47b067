"""For the other services only: facts of a customer, and how they may be reached at this moment."""

from typing import Literal

from fastapi import APIRouter
from pydantic import BaseModel

from chassis.caller import CurrentCaller, needs
from chassis.transaction import Transaction, TransactionRoute
from kernel.ids import CustomerId
from services.customers.domain.consent import Channel, Purpose, Reason
from services.customers.queries.contact import contact
from services.customers.tables.customers import get_customer

router = APIRouter(
    prefix="/internal/customers/{customer_id}",
    route_class=TransactionRoute,
    include_in_schema=False,
    dependencies=[needs("internal")],
)


class Facts(BaseModel):
    """What every service may know."""

    id: CustomerId
    version: int
    language: Literal["en", "ar"]
    status: Literal["active", "blocked"]


class ContactAnswer(BaseModel):
    """Where to write; when it is not allowed, why, and neither address nor name."""

    allowed: bool
    reason: Reason | None
    address: str | None
    name: str | None
    language: Literal["en", "ar"]
    time_zone: str | None


@router.get("")
def read_facts(customer_id: CustomerId, db: Transaction, caller: CurrentCaller) -> Facts:
    """The facts that a service keeps a copy of."""
    return Facts.model_validate(get_customer(db, caller.tenant_id, customer_id), from_attributes=True)


@router.get("/contact")
def read_contact(
    customer_id: CustomerId, purpose: Purpose, channel: Channel, db: Transaction, caller: CurrentCaller
) -> ContactAnswer:
    """Whether and where the customer may be written to: asked at the moment of sending, and not kept."""
    found = contact(db, caller.tenant_id, customer_id, purpose, channel)
    return ContactAnswer(
        allowed=found.reason is None,
        reason=found.reason,
        address=found.address,
        name=found.name,
        language=found.language,
        time_zone=found.time_zone,
    )
