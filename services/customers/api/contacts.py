"""For the other services only: facts of a customer, and how customers may be reached at this moment."""

from datetime import datetime
from typing import Annotated, Literal

from fastapi import APIRouter, Query
from pydantic import BaseModel, ConfigDict, Field

from chassis.web.caller import CurrentCaller, needs
from chassis.web.transaction import Transaction, TransactionRoute
from kernel.ids import CustomerId
from services.customers.domain.consent import Channel, Purpose, Reason
from services.customers.queries.contacts import contacts
from services.customers.tables.customers import get_customer

CUSTOMERS_MAX = 100

router = APIRouter(
    prefix="/internal",
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
    birthday_month_day: str | None = Field(description="Without the year.")
    joined_at: datetime = Field(validation_alias="created_at")


class Contact(BaseModel):
    """Where to write; when it is not allowed, why, and neither address nor name."""

    model_config = ConfigDict(from_attributes=True)

    reason: Reason | None
    address: str | None
    name: str | None
    language: Literal["en", "ar"]
    time_zone: str | None


class Contacts(BaseModel):
    """How each of the customers may be reached; without those whom the tenant does not know."""

    contacts: dict[CustomerId, Contact]


@router.get("/customers/{customer_id}")
def read_facts(customer_id: CustomerId, db: Transaction, caller: CurrentCaller) -> Facts:
    """The facts that a service keeps a copy of."""
    return Facts.model_validate(get_customer(db, caller.tenant_id, customer_id), from_attributes=True)


@router.get("/contacts")
def read_contacts(
    customer_id: Annotated[list[CustomerId], Query(min_length=1, max_length=CUSTOMERS_MAX)],
    purpose: Purpose,
    channel: Channel,
    db: Transaction,
    caller: CurrentCaller,
) -> Contacts:
    """Whether and where the customers may be written to: asked at the moment of sending, and not kept."""
    found = contacts(db, caller.tenant_id, customer_id, purpose, channel)
    return Contacts(contacts={one: Contact.model_validate(contact) for one, contact in found.items()})
