"""Leaderboards: made, joined, left and read."""

from datetime import date, datetime
from typing import Annotated, Literal

from fastapi import APIRouter, Query, Request
from pydantic import BaseModel, Field

from chassis.web.caller import Caller, CurrentCaller, needs
from chassis.web.pages import LIMIT_DEFAULT, Limit, Page, page_of, place_after
from chassis.web.problem_responses import problems
from chassis.web.transaction import MONEY_LIKE, Now, Transaction, TransactionRoute
from services.loyalty.api.known_customers import KnownCustomer
from services.loyalty.domain.leaderboard import LeaderboardTerms
from services.loyalty.domain.refusals.customers import CustomerBlocked, NoSuchCustomer
from services.loyalty.domain.refusals.leaderboards import (
    LeaderboardOver,
    LeaderboardUnits,
    LeaderboardUnknown,
    RoundUnknown,
)
from services.loyalty.domain.refusals.programs import ProgramMissing
from services.loyalty.operations.create_leaderboard import create_leaderboard
from services.loyalty.operations.join_leaderboard import join_leaderboard
from services.loyalty.operations.leave_leaderboard import leave_leaderboard
from services.loyalty.operations.stop_leaderboard import stop_leaderboard
from services.loyalty.queries.leaderboards import (
    Placed,
    find_leaderboard,
    joined_by,
    leaderboards_of,
    standing_of,
    terms_of,
)
from services.loyalty.tables.leaderboards import LeaderboardRow

router = APIRouter(prefix="/v1", tags=["leaderboards"], route_class=TransactionRoute)

# With it one may see customers anyway.
STAFF = "customers:read"
Amount = Annotated[int, Field(description="Units, minor units of money or purchases, as the measure says.")]


class RoundDocument(BaseModel):
    """A time in which it is counted: days in the shop, both inside."""

    starts_on: date
    ends_on: date


class LeaderboardDocument(BaseModel):
    """A leaderboard. `status` is running, last_round once it was stopped, or over.

    `round` is that of now, or the last.
    """

    object: Literal["leaderboard"] = "leaderboard"
    id: str
    status: str
    terms: LeaderboardTerms
    unit: str
    currency: str
    time_zone: str
    round: RoundDocument
    created_at: datetime


class PlaceDocument(BaseModel):
    """A place, and what was done for it. The customer is named only to keys that may read customers."""

    object: Literal["leaderboard_place"] = "leaderboard_place"
    place: int
    amount: Amount
    customer_id: str | None
    settled: bool = Field(description="Whether the round is over, and its places stay.")


class ListingDocument(BaseModel):
    """Whether a customer is on a leaderboard."""

    object: Literal["leaderboard_membership"] = "leaderboard_membership"
    leaderboard_id: str
    customer_id: str
    listed: bool


class MyPlaceDocument(BaseModel):
    """Where a customer is on a leaderboard. `missing` is what it takes to draw level with the next better place."""

    object: Literal["leaderboard_standing"] = "leaderboard_standing"
    leaderboard_id: str
    name: dict[str, str]
    measure: str
    round: RoundDocument
    place: int | None = Field(description="Null while there is nothing to count.")
    amount: Amount
    missing: int | None = Field(description="Null on the first place, and while nobody has one.")


class MyPlaces(BaseModel):
    """All of them, on one page."""

    object: str = "list"
    data: list[MyPlaceDocument]
    next_cursor: str | None = None
    has_more: bool = False


@router.post(
    "/leaderboards",
    status_code=201,
    dependencies=[needs("rewards:write")],
    responses=problems(ProgramMissing, LeaderboardUnits, LeaderboardOver),
)
def create(terms: LeaderboardTerms, db: Transaction, caller: CurrentCaller, now: Now) -> LeaderboardDocument:
    """Make a leaderboard. Nobody is on it who did not join."""
    return leaderboard_document(create_leaderboard(db, caller.tenant_id, terms, at=now))


@router.get("/leaderboards", dependencies=[needs("rewards:read")], responses=problems())
def read_all(
    request: Request,
    db: Transaction,
    caller: CurrentCaller,
    limit: Limit = LIMIT_DEFAULT,
    cursor: str | None = None,
) -> Page[LeaderboardDocument]:
    """All leaderboards, the newest first."""
    boards = leaderboards_of(db, caller.tenant_id, after=place_after(request, cursor), limit=limit + 1)
    return page_of(request, boards, limit, lambda board: board.id, leaderboard_document)


@router.get(
    "/leaderboards/{leaderboard_id}", dependencies=[needs("rewards:read")], responses=problems(LeaderboardUnknown)
)
def read_one(leaderboard_id: str, db: Transaction, caller: CurrentCaller) -> LeaderboardDocument:
    """One leaderboard."""
    return leaderboard_document(find_leaderboard(db, caller.tenant_id, leaderboard_id))


@router.post(
    "/leaderboards/{leaderboard_id}/stop",
    dependencies=[needs("rewards:write")],
    responses=problems(LeaderboardUnknown),
)
def stop(leaderboard_id: str, db: Transaction, caller: CurrentCaller) -> LeaderboardDocument:
    """Let the round of now be the last. It is settled as promised."""
    return leaderboard_document(stop_leaderboard(db, caller.tenant_id, leaderboard_id))


@router.get(
    "/leaderboards/{leaderboard_id}/standing",
    dependencies=[needs("rewards:read")],
    responses=problems(LeaderboardUnknown, RoundUnknown),
)
def read_standing(
    leaderboard_id: str,
    request: Request,
    db: Transaction,
    caller: CurrentCaller,
    starts_on: Annotated[
        date | None, Query(description="The first day of the round; the one of now without it.")
    ] = None,
    limit: Limit = LIMIT_DEFAULT,
    cursor: str | None = None,
) -> Page[PlaceDocument]:
    """The places of a round, the best first. Who has as much has the same place, and the next ones are left out."""
    board = find_leaderboard(db, caller.tenant_id, leaderboard_id)
    after = int(place_after(request, cursor) or 0)
    _round, settled, places = standing_of(db, board, starts_on, after=after, limit=limit + 1)
    return page_of(
        request, places, limit, lambda placed: str(placed.position), lambda placed: place(placed, caller, settled)
    )


@router.post(
    "/customers/{customer_id}/leaderboards/{leaderboard_id}/join",
    dependencies=[needs("customers:write")],
    responses=problems(NoSuchCustomer, CustomerBlocked, LeaderboardUnknown, LeaderboardOver),
    openapi_extra=MONEY_LIKE,
)
def join(
    customer_id: KnownCustomer, leaderboard_id: str, db: Transaction, caller: CurrentCaller, now: Now
) -> ListingDocument:
    """List the customer, who asked for it. Again changes nothing."""
    join_leaderboard(db, caller.tenant_id, leaderboard_id, customer_id, at=now)
    return ListingDocument(leaderboard_id=leaderboard_id, customer_id=customer_id, listed=True)


@router.post(
    "/customers/{customer_id}/leaderboards/{leaderboard_id}/leave",
    dependencies=[needs("customers:write")],
    responses=problems(NoSuchCustomer, LeaderboardUnknown),
    openapi_extra=MONEY_LIKE,
)
def leave(customer_id: KnownCustomer, leaderboard_id: str, db: Transaction, caller: CurrentCaller) -> ListingDocument:
    """List the customer no more. Again changes nothing."""
    leave_leaderboard(db, caller.tenant_id, leaderboard_id, customer_id)
    return ListingDocument(leaderboard_id=leaderboard_id, customer_id=customer_id, listed=False)


@router.get(
    "/customers/{customer_id}/leaderboards", dependencies=[needs("points:read")], responses=problems(NoSuchCustomer)
)
def read_of_customer(customer_id: KnownCustomer, db: Transaction, caller: CurrentCaller) -> MyPlaces:
    """Where the customer is on the leaderboards they joined, and how far the next place is."""
    data = []
    for board, mine in joined_by(db, caller.tenant_id, customer_id):
        terms = terms_of(board)
        data.append(
            MyPlaceDocument(
                leaderboard_id=board.id,
                name=terms.name.model_dump(),
                measure=terms.measure,
                round=RoundDocument(starts_on=board.round_starts_on, ends_on=board.round_ends_on),
                place=mine.place,
                amount=mine.amount,
                missing=mine.missing,
            )
        )
    return MyPlaces(data=data)


def place(placed: Placed, caller: Caller, settled: bool) -> PlaceDocument:
    """A place as this caller may see it."""
    shown = placed.customer_id if STAFF in caller.scopes else None
    return PlaceDocument(place=placed.place, amount=placed.amount, customer_id=shown, settled=settled)


def leaderboard_document(board: LeaderboardRow) -> LeaderboardDocument:
    """A leaderboard as it is answered."""
    return LeaderboardDocument(
        id=board.id,
        status=board.status,
        terms=terms_of(board),
        unit=board.unit,
        currency=board.currency,
        time_zone=board.time_zone,
        round=RoundDocument(starts_on=board.round_starts_on, ends_on=board.round_ends_on),
        created_at=board.created_at,
    )
