"""Customers: who they are."""

from datetime import date, datetime
from typing import Annotated, Literal, cast

from fastapi import APIRouter, Query, Request, Response
from pydantic import BaseModel, Field

from chassis.web.caller import CurrentCaller, needs
from chassis.web.etags import ExpectedVersion, IfMatchRequired, VersionStale, etag
from chassis.web.pages import LIMIT_DEFAULT, InvalidCursor, Limit, Page, page_of, place_after
from chassis.web.problem_responses import problems
from chassis.web.transaction import Now, Transaction, TransactionRoute
from kernel.ids import CustomerId
from services.customers.api.consents import ConsentWish
from services.customers.api.fields import Country, Day, HomeCountry, Line, Metadata, ShortLine, TimeZone, Wish
from services.customers.domain.profile import Profile
from services.customers.domain.refusals import (
    BirthdayAhead,
    CustomerExists,
    CustomerMissing,
    InvalidCard,
    InvalidEmail,
    InvalidPhone,
)
from services.customers.operations.create_customer import create_customer
from services.customers.operations.update_customer import update_customer
from services.customers.queries.customers import list_customers
from services.customers.tables.customers import CustomerRow, get_customer

router = APIRouter(prefix="/v1/customers", tags=["customers"], route_class=TransactionRoute)
INVALID = (InvalidPhone, InvalidEmail, InvalidCard, BirthdayAhead)


class ProfileFields(Wish):
    """What can be told about a customer. None of it is needed; null clears."""

    external_id: Line | None = Field(default=None, description="Your own id for the customer.", examples=["C-1001"])
    name: Line | None = Field(default=None, examples=["فاطمة الزهراء"])
    phone: ShortLine | None = Field(
        default=None,
        examples=["٠٥٠ ١٢٣ ٤٥٦٧"],
        description="In any spelling, Arabic-Indic digits and local zeros included; kept as E.164.",
    )
    email: Annotated[Line, Field(max_length=254)] | None = Field(default=None, examples=["fatima@example.com"])
    card: ShortLine | None = Field(default=None, description="The code on the customer's card.", examples=["7700 1234"])
    birthday: Day | None = Field(default=None, examples=["1990-04-23"])
    time_zone: TimeZone | None = None
    country: Country | None = None

    def profile(self) -> Profile:
        """Only what was really told."""
        told = self.model_dump(exclude_unset=True, exclude={"country", "consents", "metadata"})
        if "metadata" in self.model_fields_set:
            told["labels"] = getattr(self, "metadata", None) or {}
        return cast(Profile, told)


class CustomerWish(ProfileFields):
    """A customer to get to know."""

    language: Literal["en", "ar"] = Field(default="ar", description="The language the customer is written to in.")
    consents: list[ConsentWish] = Field(default_factory=list, max_length=8)
    metadata: Metadata = Field(default_factory=dict)


class CustomerChange(ProfileFields):
    """What is different now. Fields that are away stay as they are; `metadata` is replaced as a whole."""

    language: Literal["en", "ar"] = "ar"
    status: Literal["active", "blocked"] = Field(
        default="active", description="A blocked customer gets no messages, and other services are told."
    )
    metadata: Metadata | None = None


class Customer(BaseModel):
    """A person the tenant knows."""

    object: Literal["customer"] = "customer"
    id: CustomerId = Field(examples=["cus_01h455vb4pex5vsknk084sn02q"])
    version: int = Field(description="Grows by one with each change; the `ETag` is this number in quotes.")
    external_id: str | None
    name: str | None
    phone: str | None = Field(examples=["+966501234567"])
    email: str | None
    card: str | None
    birthday: date | None
    language: Literal["en", "ar"]
    time_zone: str | None
    status: Literal["active", "blocked"]
    metadata: dict[str, str]
    created_at: datetime
    updated_at: datetime


def customer_of(row: CustomerRow) -> Customer:
    """The row as the API shows it."""
    fields = {field: getattr(row, field) for field in Customer.model_fields if field not in ("object", "metadata")}
    return Customer(**fields, metadata=row.labels)


@router.post(
    "",
    status_code=201,
    dependencies=[needs("customers:write")],
    responses=problems(CustomerExists, *INVALID),
)
def add_customer(
    wish: CustomerWish, db: Transaction, caller: CurrentCaller, now: Now, home: HomeCountry, response: Response
) -> Customer:
    """Get to know a customer. An identifier that belongs to another one already is refused with that one's id."""
    customer = create_customer(
        db,
        caller.tenant_id,
        wish.profile(),
        [consent.said() for consent in wish.consents],
        country=wish.country or home,
        actor=caller.actor,
        at=now,
    )
    response.headers["ETag"] = etag(customer.version)
    response.headers["Location"] = f"/v1/customers/{customer.id}"
    return customer_of(customer)


@router.get("", dependencies=[needs("customers:read")], responses=problems(InvalidCursor))
def find_customers(
    request: Request,
    db: Transaction,
    caller: CurrentCaller,
    external_id: Annotated[str | None, Query(max_length=200)] = None,
    limit: Limit = LIMIT_DEFAULT,
    cursor: str | None = None,
) -> Page[Customer]:
    """List customers, the newest first; or find the one with your own id."""
    before = place_after(request, cursor)
    rows = list_customers(db, caller.tenant_id, external_id=external_id, before=before, limit=limit + 1)
    return page_of(request, rows, limit, lambda row: row.id, customer_of)


@router.get("/{customer_id}", dependencies=[needs("customers:read")], responses=problems(CustomerMissing))
def read_customer(customer_id: CustomerId, db: Transaction, caller: CurrentCaller, response: Response) -> Customer:
    """Read a customer; with `If-None-Match`, only if something changed."""
    customer = get_customer(db, caller.tenant_id, customer_id)
    response.headers["ETag"] = etag(customer.version)
    return customer_of(customer)


@router.patch(
    "/{customer_id}",
    dependencies=[needs("customers:write")],
    responses=problems(CustomerMissing, CustomerExists, IfMatchRequired, VersionStale, *INVALID),
)
def change_customer(
    customer_id: CustomerId,
    change: CustomerChange,
    expected: ExpectedVersion,
    db: Transaction,
    caller: CurrentCaller,
    now: Now,
    home: HomeCountry,
    response: Response,
) -> Customer:
    """Correct what is known about a customer, if it is still the version you read."""
    customer = update_customer(
        db,
        caller.tenant_id,
        customer_id,
        change.profile(),
        expected_version=expected,
        country=change.country or home,
        at=now,
    )
    response.headers["ETag"] = etag(customer.version)
    return customer_of(customer)
