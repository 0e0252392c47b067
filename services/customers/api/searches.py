"""Searching customers. By POST, so that no phone number or name stands in a URL."""

from typing import Any, Self

from fastapi import APIRouter, Request
from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from chassis.web.caller import CurrentCaller, needs
from chassis.web.pages import LIMIT_DEFAULT, LIMIT_MAX, InvalidCursor, Page, page_of, place_after
from chassis.web.problem_responses import problems
from chassis.web.transaction import Transaction, TransactionRoute
from services.customers.api.customers import Customer, customer_of
from services.customers.api.fields import Country, HomeCountry, Line, Wish
from services.customers.domain.refusals import InvalidCard, InvalidEmail, InvalidPhone
from services.customers.queries.customers import find_customer
from services.customers.queries.name_search import search_by_name

router = APIRouter(prefix="/v1/customers/search", tags=["customers"], route_class=TransactionRoute)
CRITERIA = ("phone", "email", "card", "external_id", "name")


class CustomerSearch(Wish):
    """One thing that is known of the customer: exactly one of the five criteria."""

    phone: Line | None = Field(default=None, description="In any spelling.", examples=["0501234567"])
    email: Line | None = None
    card: Line | None = None
    external_id: Line | None = None
    name: Line | None = Field(
        default=None,
        examples=["فاطمه الز"],
        description="Words or their beginnings; Arabic spelling variants and one wrong letter are forgiven.",
    )
    country: Country | None = None
    limit: int = Field(default=LIMIT_DEFAULT, ge=1, le=LIMIT_MAX)
    cursor: str | None = None

    @model_validator(mode="after")
    def names_one(self) -> Self:
        """Exactly one criterion."""
        if len(self.criteria) != 1:
            raise PydanticCustomError("one_criterion", "Name exactly one of phone, email, card, external_id and name.")
        return self

    @property
    def criteria(self) -> dict[Any, str]:
        """What is known."""
        return self.model_dump(include=set(CRITERIA), exclude_none=True)


@router.post(
    "",
    dependencies=[needs("customers:read")],
    responses=problems(InvalidPhone, InvalidEmail, InvalidCard, InvalidCursor),
)
def search_customers(
    search: CustomerSearch, request: Request, db: Transaction, caller: CurrentCaller, home: HomeCountry
) -> Page[Customer]:
    """Find customers by one of their identifiers in any spelling, or by name with the nearest first."""
    bound = repr(search.criteria)
    after = place_after(request, search.cursor, bound)
    if search.name is not None:
        found = search_by_name(db, caller.tenant_id, search.name, after=after, limit=search.limit + 1)
        return page_of(
            request, found, search.limit, lambda one: one.place, lambda one: customer_of(one.customer), bound
        )
    [(identifier, written)] = search.criteria.items()
    one = find_customer(db, caller.tenant_id, identifier, written, country=search.country or home)
    return page_of(request, [one] if one else [], search.limit, lambda row: row.id, customer_of)
