"""Wallets: what a customer has, and how it came to that."""

import re
from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Query, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from chassis.web.caller import CurrentCaller, needs
from chassis.web.etags import is_known, not_modified
from chassis.web.hot_routes import HotRequest, HotRoute, JsonAnswer, hot_caller
from chassis.web.hot_routes import Response as HotResponse
from chassis.web.pages import LIMIT_DEFAULT, Limit, Page, page_of, place_after
from chassis.web.problem_responses import problems
from chassis.web.transaction import Now, Transaction, TransactionRoute
from kernel.ids import CustomerId, is_id
from kernel.language import Language
from services.loyalty.api.balance_reader import BalanceReader
from services.loyalty.api.known_customers import KnownCustomer
from services.loyalty.domain.refusals.customers import NoSuchCustomer
from services.loyalty.domain.wording import entry_text
from services.loyalty.queries.balance import Balance
from services.loyalty.queries.balances import BalanceAsked, read_balances
from services.loyalty.queries.statement import statement_of
from services.loyalty.tables.ledger import EntryRow

router = APIRouter(prefix="/v1", tags=["wallets"], route_class=TransactionRoute)

BALANCE = "/customers/{customer_id}/balance"
UNIT = r"[A-Za-z][A-Za-z0-9_]{0,31}"
QUESTION = re.compile(f"(?:unit=({UNIT}))?".encode())
Unit = Annotated[str, Query(pattern=f"^{UNIT}$", description="What the wallet counts.")]


class NextExpiryDocument(BaseModel):
    """The units that die next, and the moment from which they are gone."""

    at: datetime
    amount: int


class BalanceDocument(BaseModel):
    """A wallet now: `available` = what is spendable - what is held; it is never below zero, `balance` may be."""

    model_config = ConfigDict(from_attributes=True)

    object: str = "balance"
    customer_id: str
    unit: str
    balance: int = Field(description="All that has not died, pending and held included; below zero is debt.")
    pending: int
    held: int
    available: int
    next_expiry: NextExpiryDocument | None
    version: int
    as_of: datetime


class EntryDocument(BaseModel):
    """One line of the ledger, with the balance after it."""

    object: str = "entry"
    id: str
    transaction_id: str
    kind: str
    reference: str
    amount: int
    balance_after: int
    text: str
    occurred_at: datetime
    recorded_at: datetime


@router.get(
    BALANCE,
    dependencies=[needs("points:read")],
    response_model=BalanceDocument,
    responses={304: {"description": "Nothing changed"}, **problems(NoSuchCustomer)},
)
def read_balance(
    customer_id: KnownCustomer,
    request: Request,
    response: Response,
    db: Transaction,
    caller: CurrentCaller,
    now: Now,
    unit: Unit = "points",
) -> BalanceDocument | Response:
    """What the customer has now. Poll it with `If-None-Match`: while nothing changes, the answer is 304."""
    known = request.headers.get("if-none-match", "")
    (read,) = read_balances(db, [BalanceAsked(caller.tenant_id, customer_id, unit, known)], at=now)
    assert read is not None, "the customer is known"
    if read.balance is None:
        return not_modified(read.etag)
    response.headers["ETag"] = read.etag
    return document_of(customer_id, read.balance, now)


async def read_balance_with_others(request: HotRequest) -> HotResponse | None:
    """The same, read together with what others ask for; whatever is out of the ordinary is left to `read_balance`."""
    caller = hot_caller(request, "points:read")
    customer_id = CustomerId(request.path_params["customer_id"])
    question = QUESTION.fullmatch(request.query_string)
    if question is None or not is_id(customer_id, "cus") or "content-length" in request.headers:
        return None
    unit = question[1].decode() if question[1] else "points"
    known = request.headers.get("if-none-match", "")
    reader: BalanceReader = request.app.state.balances
    read = await reader.read(BalanceAsked(caller.tenant_id, customer_id, unit, known))
    if read is None:
        return None
    if read.balance is None or is_known(read.etag, known):
        return not_modified(read.etag)
    document = document_of(customer_id, read.balance, read.at)
    return JsonAnswer(200, document.model_dump_json().encode(), [(b"etag", read.etag.encode())])


def document_of(customer_id: CustomerId, balance: Balance, now: datetime) -> BalanceDocument:
    """A balance as the API answers it."""
    expiry = balance.next_expiry
    return BalanceDocument(
        customer_id=customer_id,
        unit=balance.unit,
        balance=balance.balance,
        pending=balance.pending,
        held=balance.held,
        available=balance.available,
        next_expiry=NextExpiryDocument(at=expiry.at, amount=expiry.amount) if expiry else None,
        version=balance.version,
        as_of=now,
    )


@router.get(
    "/customers/{customer_id}/statement",
    dependencies=[needs("points:read")],
    responses=problems(NoSuchCustomer),
)
def read_statement(
    customer_id: KnownCustomer,
    request: Request,
    db: Transaction,
    caller: CurrentCaller,
    unit: Unit = "points",
    limit: Limit = LIMIT_DEFAULT,
    cursor: str | None = None,
) -> Page[EntryDocument]:
    """Every movement of the wallet, the newest first, with the balance after it."""
    after = place_after(request, cursor)
    entries = statement_of(db, caller.tenant_id, customer_id, unit, after=after, limit=limit + 1)

    return page_of(
        request, entries, limit, lambda entry: str(entry.position), lambda entry: entry_document(entry, caller.language)
    )


def entry_document(entry: EntryRow, language: Language) -> EntryDocument:
    """One line of a statement, in words as well."""
    assert entry.balance_after is not None, "an owner's line has a balance"
    return EntryDocument(
        id=str(entry.position),
        transaction_id=entry.transaction_id,
        kind=entry.kind,
        reference=entry.reference,
        amount=entry.amount,
        balance_after=entry.balance_after,
        text=entry_text(entry.kind, entry.amount, entry.unit, language),
        occurred_at=entry.occurred_at,
        recorded_at=entry.recorded_at,
    )


HOT_ROUTES = (HotRoute("GET", router.prefix + BALANCE, read_balance_with_others),)
