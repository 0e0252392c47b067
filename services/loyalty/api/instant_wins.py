"""Instant wins: announced, played, ended by the clock, and open to everybody's check."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Literal, cast

from fastapi import APIRouter, Request, Response
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, ConfigDict, Field, ValidationError
from sqlalchemy.orm import Session

from chassis.web.caller import CurrentCaller, needs
from chassis.web.etags import ExpectedVersion, IfMatchRequired, VersionStale, etag
from chassis.web.pages import LIMIT_DEFAULT, Limit, Page, page_of, place_after
from chassis.web.problem_responses import problems
from chassis.web.transaction import MONEY_LIKE, Now, Transaction, TransactionRoute
from kernel.ids import CustomerId
from services.loyalty.api.fields import Id, by_hand
from services.loyalty.api.known_customers import KnownCustomer
from services.loyalty.api.newcomers import introduce_customers
from services.loyalty.domain.basket import MONEY_MAX
from services.loyalty.domain.instant_picks import Outcome
from services.loyalty.domain.instant_win import PLAYS_MAX, Chances, InstantPrize, InstantWinTerms, WinsLimit
from services.loyalty.domain.instant_win_proof import InstantWinProof
from services.loyalty.domain.name import Name
from services.loyalty.domain.refusals.awards import AwardUnitUnknown
from services.loyalty.domain.refusals.customers import CustomerBlocked, NoSuchCustomer
from services.loyalty.domain.refusals.instant_wins import (
    InstantWinClosesTooSoon,
    InstantWinNameTaken,
    InstantWinNotOpen,
    InstantWinNotOver,
    InstantWinOpened,
    InstantWinUnknown,
    NothingToHandOver,
    PlayExpired,
    PlayTakenBack,
    PlayUnknown,
)
from services.loyalty.domain.refusals.programs import NoLiveProgram
from services.loyalty.domain.written import Moment, Words
from services.loyalty.operations.create_instant_win import create_instant_win
from services.loyalty.operations.give_plays import give_plays
from services.loyalty.operations.hand_over_instant_prize import hand_over_instant_prize
from services.loyalty.operations.play_instant_win import play_instant_win
from services.loyalty.operations.stop_instant_win import stop_instant_win
from services.loyalty.operations.update_instant_win import update_instant_win
from services.loyalty.queries.instant_wins import (
    find_instant_win,
    instant_wins_of,
    plays_in,
    plays_of,
    proof_of,
    status_at,
    terms_of,
    won_of,
)
from services.loyalty.tables.instant_wins import InstantWinRow, PlayRow

router = APIRouter(prefix="/v1", tags=["instant wins"], route_class=TransactionRoute)


class InstantWinChange(BaseModel):
    """What is different now. Terms that are away stay as they are; null takes a bound away."""

    model_config = ConfigDict(extra="forbid")

    name: Name | None = None
    opens_at: Moment | None = None
    closes_at: Moment | None = None
    out_of: Chances | None = None
    prizes: Annotated[tuple[InstantPrize, ...], Field(min_length=1, max_length=50)] | None = None
    wins_per_customer: WinsLimit | None = None
    budget: Annotated[int, Field(strict=True, ge=1, le=MONEY_MAX)] | None = None
    play_days: Annotated[int, Field(strict=True, ge=1, le=366)] | None = None


class InstantWinStop(BaseModel):
    """Why an instant win is stopped."""

    model_config = ConfigDict(extra="forbid")

    reason: Words


class PlaysRequest(BaseModel):
    """Whom to give how many plays, and why."""

    model_config = ConfigDict(extra="forbid")

    customer_id: Id
    plays: Annotated[int, Field(strict=True, ge=1, le=PLAYS_MAX)] = 1
    reason: Words


class InstantWinDocument(BaseModel):
    """An instant win. `status` is announced, open, closing, ended or stopped."""

    object: Literal["instant_win"] = "instant_win"
    id: str
    status: str
    terms: InstantWinTerms
    commitment: str = Field(description="The SHA-256 of the secret, in hexadecimal.")
    won: list[int] = Field(description="How many of each prize were won, in the order of the terms.")
    version: int
    created_at: datetime
    ended_at: datetime | None
    reason: str | None = Field(description="Why it was stopped.")


class PlayDocument(BaseModel):
    """A play. `status` is unplayed, expired, played or taken_back; `prize` is the place of what it won, from zero.

    `outcome` says what came of it once it was played: won, nothing, or what kept back a prize that it drew.
    """

    object: Literal["play"] = "play"
    id: str
    instant_win_id: str
    instant_win_name: Name
    customer_id: str
    source: str = Field(description="The purchase that brought it, or the play itself when it was given by hand.")
    status: str
    outcome: Outcome | None
    prize: int | None
    prize_name: Name | None
    given_at: datetime
    valid_until: datetime
    played_at: datetime | None
    taken_back_at: datetime | None
    handed_over_at: datetime | None


class PlaysDocument(BaseModel):
    """The plays that were given."""

    object: Literal["plays"] = "plays"
    data: list[PlayDocument]


@router.post(
    "/instant_wins",
    status_code=201,
    dependencies=[needs("rewards:write")],
    responses=problems(InstantWinNameTaken, InstantWinClosesTooSoon, AwardUnitUnknown),
)
def create(
    terms: InstantWinTerms, db: Transaction, caller: CurrentCaller, now: Now, response: Response
) -> InstantWinDocument:
    """Announce an instant win. Its secret is chosen and committed to here."""
    instant_win = create_instant_win(db, caller.tenant_id, terms, at=now, trace=caller.request_id or None)
    return instant_win_document(db, instant_win, now, response)


@router.get("/instant_wins", dependencies=[needs("rewards:read")], responses=problems())
def read_all(
    request: Request,
    db: Transaction,
    caller: CurrentCaller,
    now: Now,
    limit: Limit = LIMIT_DEFAULT,
    cursor: str | None = None,
) -> Page[InstantWinDocument]:
    """All instant wins, the newest first."""
    found = instant_wins_of(db, caller.tenant_id, after=place_after(request, cursor), limit=limit + 1)
    return page_of(request, found, limit, lambda each: each.id, lambda each: instant_win_document(db, each, now))


@router.get(
    "/instant_wins/{instant_win_id}", dependencies=[needs("rewards:read")], responses=problems(InstantWinUnknown)
)
def read_one(instant_win_id: str, db: Transaction, caller: CurrentCaller, now: Now) -> InstantWinDocument:
    """One instant win. Its `version` in quotes is what a change names as `If-Match`."""
    return instant_win_document(db, find_instant_win(db, caller.tenant_id, instant_win_id), now)


@router.patch(
    "/instant_wins/{instant_win_id}",
    dependencies=[needs("rewards:write")],
    responses=problems(
        InstantWinUnknown, InstantWinOpened, InstantWinClosesTooSoon, AwardUnitUnknown, IfMatchRequired, VersionStale
    ),
)
def change(
    instant_win_id: str,
    wish: InstantWinChange,
    expected: ExpectedVersion,
    db: Transaction,
    caller: CurrentCaller,
    now: Now,
    response: Response,
) -> InstantWinDocument:
    """Change an instant win that has not opened, if it is still the version you read. The commitment stays."""
    given, trace = wish.model_dump(exclude_unset=True), caller.request_id or None
    try:
        instant_win = update_instant_win(
            db, caller.tenant_id, instant_win_id, given, expected_version=expected, at=now, trace=trace
        )
    except ValidationError as error:
        raise RequestValidationError(error.errors(include_context=False)) from error
    return instant_win_document(db, instant_win, now, response)


@router.post(
    "/instant_wins/{instant_win_id}/stop",
    dependencies=[needs("rewards:write")],
    responses=problems(InstantWinUnknown, InstantWinNotOpen),
)
def stop(
    instant_win_id: str, wish: InstantWinStop, db: Transaction, caller: CurrentCaller, now: Now, response: Response
) -> InstantWinDocument:
    """Let nobody play any more. What was won stays won, and the secret is shown."""
    by = by_hand(caller, wish.reason)
    instant_win = stop_instant_win(db, caller.tenant_id, instant_win_id, by=by, at=now)
    return instant_win_document(db, instant_win, now, response)


@router.post(
    "/instant_wins/{instant_win_id}/plays",
    status_code=201,
    dependencies=[needs("points:write")],
    responses=problems(InstantWinUnknown, InstantWinNotOpen, NoSuchCustomer, CustomerBlocked),
    openapi_extra=MONEY_LIKE,
)
def give(
    instant_win_id: str, wish: PlaysRequest, request: Request, db: Transaction, caller: CurrentCaller, now: Now
) -> PlaysDocument:
    """Give a customer plays by hand: for an activity, or who asks to take part without buying."""
    introduce_customers(request, db, caller, wish.customer_id)
    by, customer_id = by_hand(caller, wish.reason), CustomerId(wish.customer_id)
    given = give_plays(db, caller.tenant_id, instant_win_id, customer_id, wish.plays, by=by, at=now)
    return PlaysDocument(data=play_documents(given, find_instant_win(db, caller.tenant_id, instant_win_id), now))


@router.get(
    "/instant_wins/{instant_win_id}/plays",
    dependencies=[needs("rewards:read")],
    responses=problems(InstantWinUnknown),
)
def read_plays(
    instant_win_id: str,
    request: Request,
    db: Transaction,
    caller: CurrentCaller,
    now: Now,
    outcome: Outcome | None = None,
    limit: Limit = LIMIT_DEFAULT,
    cursor: str | None = None,
) -> Page[PlayDocument]:
    """The plays of an instant win, the newest first; with `outcome=won` those that won."""
    instant_win = find_instant_win(db, caller.tenant_id, instant_win_id)
    terms = terms_of(instant_win)
    found = plays_in(db, instant_win, outcome=outcome, after=place_after(request, cursor), limit=limit + 1)
    return page_of(request, found, limit, lambda play: play.id, lambda play: play_document(play, terms, now))


@router.post(
    "/instant_wins/{instant_win_id}/plays/{play_id}/play",
    dependencies=[needs("points:write")],
    responses=problems(
        InstantWinUnknown, PlayUnknown, PlayTakenBack, PlayExpired, InstantWinNotOpen, CustomerBlocked, NoLiveProgram
    ),
    openapi_extra=MONEY_LIKE,
)
def play(instant_win_id: str, play_id: str, db: Transaction, caller: CurrentCaller, now: Now) -> PlayDocument:
    """Draw what the play draws, once: asked again, under whatever key, it answers the same."""
    trace = caller.request_id or None
    played = play_instant_win(db, caller.tenant_id, instant_win_id, play_id, at=now, trace=trace)
    return play_document(played, terms_of(find_instant_win(db, caller.tenant_id, instant_win_id)), now)


@router.post(
    "/instant_wins/{instant_win_id}/plays/{play_id}/hand_over",
    dependencies=[needs("rewards:write")],
    responses=problems(InstantWinUnknown, PlayUnknown, NothingToHandOver),
    openapi_extra=MONEY_LIKE,
)
def hand_over(instant_win_id: str, play_id: str, db: Transaction, caller: CurrentCaller, now: Now) -> PlayDocument:
    """Note that the customer has in their hands what they won."""
    won = hand_over_instant_prize(db, caller.tenant_id, instant_win_id, play_id, actor=caller.actor, at=now)
    return play_document(won, terms_of(find_instant_win(db, caller.tenant_id, instant_win_id)), now)


@router.get(
    "/instant_wins/{instant_win_id}/proof",
    dependencies=[needs("rewards:read")],
    responses=problems(InstantWinUnknown, InstantWinNotOver),
)
def read_proof(instant_win_id: str, db: Transaction, caller: CurrentCaller) -> InstantWinProof:
    """All that anyone needs to check an instant win that is over, and nothing personal: publish it as it is."""
    instant_win = find_instant_win(db, caller.tenant_id, instant_win_id)
    if instant_win.status == "open":
        raise InstantWinNotOver
    return proof_of(db, instant_win)


@router.get("/customers/{customer_id}/plays", dependencies=[needs("points:read")], responses=problems(NoSuchCustomer))
def read_of_customer(
    customer_id: KnownCustomer,
    request: Request,
    db: Transaction,
    caller: CurrentCaller,
    now: Now,
    limit: Limit = LIMIT_DEFAULT,
    cursor: str | None = None,
) -> Page[PlayDocument]:
    """The plays the customer was given, the newest first."""
    after = place_after(request, cursor)
    found = plays_of(db, caller.tenant_id, customer_id, after=after, limit=limit + 1)
    return page_of(
        request, found, limit, lambda each: each[0].id, lambda each: play_document(each[0], terms_of(each[1]), now)
    )


def instant_win_document(
    db: Session, instant_win: InstantWinRow, now: datetime, response: Response | None = None
) -> InstantWinDocument:
    """An instant win as it is by the clock."""
    if response is not None:
        response.headers["ETag"] = etag(instant_win.version)
    terms = terms_of(instant_win)
    return InstantWinDocument(
        id=instant_win.id,
        status=status_at(instant_win, now),
        terms=terms,
        commitment=instant_win.commitment.hex(),
        won=won_of(db, instant_win, len(terms.prizes)),
        version=instant_win.version,
        created_at=instant_win.created_at,
        ended_at=instant_win.ended_at,
        reason=instant_win.reason,
    )


def play_documents(plays: Sequence[PlayRow], instant_win: InstantWinRow, now: datetime) -> list[PlayDocument]:
    """Plays of one instant win."""
    terms = terms_of(instant_win)
    return [play_document(play, terms, now) for play in plays]


def play_document(play: PlayRow, terms: InstantWinTerms, now: datetime) -> PlayDocument:
    """A play as it is by the clock. What it drew and did not win is for the proof to tell."""
    won = play.prize if play.outcome == "won" else None
    return PlayDocument(
        id=play.id,
        instant_win_id=play.instant_win_id,
        instant_win_name=terms.name,
        customer_id=play.customer_id,
        source=play.source,
        status=status_of(play, now),
        outcome=cast(Outcome | None, play.outcome),
        prize=won,
        prize_name=terms.prizes[won].name if won is not None else None,
        given_at=play.given_at,
        valid_until=play.valid_until,
        played_at=play.played_at,
        taken_back_at=play.taken_back_at,
        handed_over_at=play.handed_over_at,
    )


def status_of(play: PlayRow, now: datetime) -> str:
    """Where a play stands by the clock."""
    if play.taken_back_at is not None:
        return "taken_back"
    if play.played_at is not None:
        return "played"
    return "expired" if now >= play.valid_until else "unplayed"
