"""Passes: so many entries within so many days."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Path
from pydantic import BaseModel, ConfigDict, Field

from chassis.web.caller import CurrentCaller, needs
from chassis.web.pages import Page, PageAsked
from chassis.web.problem_responses import problems
from chassis.web.transaction import MONEY_LIKE, Now, Transaction, TransactionRoute
from services.loyalty.api.fields import Reason, by_hand
from services.loyalty.api.known_customers import KnownCustomer
from services.loyalty.api.membership_changes import Wish
from services.loyalty.domain.refusals.customers import CustomerBlocked, NoSuchCustomer
from services.loyalty.domain.refusals.memberships import EntryGivenBack, EntryUnknown, NoEntriesLeft
from services.loyalty.domain.rules.rule import RuleId
from services.loyalty.operations.give_entry_back import give_entry_back
from services.loyalty.operations.use_entry import use_entry
from services.loyalty.queries.passes import entries_of, passes_of
from services.loyalty.tables.passes import PassRow

router = APIRouter(prefix="/v1", tags=["passes"], route_class=TransactionRoute)


class PassDocument(BaseModel):
    """A pass: `status` is issued, used_up, expired by the clock, or revoked."""

    object: str = "pass"
    id: str
    customer_id: str
    plan: str
    status: str
    entries: int
    entries_left: int
    issued_at: datetime
    valid_until: datetime | None = Field(description="The first moment at which it is not good any more.")
    source: str = Field(description="The purchase that brought it.")


class EntryRequest(Wish):
    """Whoever comes in: how many of them, and what for (`reference` is yours)."""

    plan: RuleId
    entries: Annotated[int, Field(strict=True, ge=1, le=100)] = 1
    reference: Annotated[str, Field(min_length=1, max_length=100)] | None = None


class GiveBackRequest(Wish):
    """Why it is given back."""

    reason: Reason


class PassEntryDocument(BaseModel):
    """Entries that left a pass, below zero, or came back to it; and what the pass has left then."""

    model_config = ConfigDict(from_attributes=True)

    object: str = "pass_entry"
    id: str
    pass_id: str
    kind: str = Field(description="used, given_back, or revoked with the purchase.")
    entries: int
    entries_left: int
    gives_back: str | None
    reference: str | None
    used_by: str | None = Field(description="Who came in: the pass's own customer, or one of their family.")
    reason: str | None
    actor: str | None
    recorded_at: datetime


@router.get("/customers/{customer_id}/passes", dependencies=[needs("points:read")], responses=problems(NoSuchCustomer))
def read_passes(
    customer_id: KnownCustomer,
    page: PageAsked,
    db: Transaction,
    caller: CurrentCaller,
    now: Now,
) -> Page[PassDocument]:
    """The customer's passes, the newest first."""
    found = passes_of(db, caller.tenant_id, customer_id, after=page.after, limit=page.rows_max)
    return page.of(found, lambda row: pass_document(row, now))


@router.get("/customers/{customer_id}/entries", dependencies=[needs("points:read")], responses=problems(NoSuchCustomer))
def read_entries(
    customer_id: KnownCustomer,
    page: PageAsked,
    db: Transaction,
    caller: CurrentCaller,
) -> Page[PassEntryDocument]:
    """What left the customer's passes and came back to them, and who used it, the newest first."""
    found = entries_of(db, caller.tenant_id, customer_id, after=page.after, limit=page.rows_max)
    return page.of(found, PassEntryDocument.model_validate)


@router.post(
    "/customers/{customer_id}/entries",
    status_code=201,
    dependencies=[needs("points:write")],
    responses=problems(NoSuchCustomer, CustomerBlocked, NoEntriesLeft),
    openapi_extra=MONEY_LIKE,
)
def create_entry(
    customer_id: KnownCustomer, wish: EntryRequest, db: Transaction, caller: CurrentCaller, now: Now
) -> PassEntryDocument:
    """Let somebody in: take an entry from the pass that ends soonest."""
    used = use_entry(
        db,
        caller.tenant_id,
        customer_id,
        plan=wish.plan,
        entries=wish.entries,
        reference=wish.reference,
        by=by_hand(caller),
        at=now,
    )
    return PassEntryDocument.model_validate(used)


@router.post(
    "/entries/{entry_id}/give_back",
    status_code=201,
    dependencies=[needs("points:write")],
    responses=problems(EntryUnknown, EntryGivenBack),
    openapi_extra=MONEY_LIKE,
)
def give_back(
    entry_id: Annotated[str, Path(max_length=64)],
    wish: GiveBackRequest,
    db: Transaction,
    caller: CurrentCaller,
    now: Now,
) -> PassEntryDocument:
    """Give an entry back: its class was cancelled, say. Once."""
    return PassEntryDocument.model_validate(
        give_entry_back(db, caller.tenant_id, entry_id, by=by_hand(caller, wish.reason), at=now)
    )


def pass_document(row: PassRow, now: datetime) -> PassDocument:
    """A pass as it is by the clock."""
    status = row.status
    if status == "issued" and row.valid_until is not None and row.valid_until <= now:
        status = "expired"
    elif status == "issued" and not row.entries_left:
        status = "used_up"
    return PassDocument(
        id=row.id,
        customer_id=row.customer_id,
        plan=row.plan,
        status=status,
        entries=row.entries,
        entries_left=row.entries_left,
        issued_at=row.issued_at,
        valid_until=row.valid_until,
        source=row.source,
    )
