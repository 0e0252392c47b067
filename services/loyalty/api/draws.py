"""Draws: announced, entered, closed by the clock, and open to everybody's check."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Literal

from fastapi import APIRouter, Path, Request, Response
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, ConfigDict, Field, StrictBool, ValidationError

from chassis.web.caller import CurrentCaller, needs
from chassis.web.etags import ExpectedVersion, IfMatchRequired, VersionStale, etag
from chassis.web.pages import Page, PageAsked
from chassis.web.problem_responses import problem_response, problems
from chassis.web.transaction import MONEY_LIKE, Now, Transaction, TransactionRoute
from kernel.ids import CustomerId
from services.loyalty.api.fields import Id, by_hand
from services.loyalty.api.known_customers import KnownCustomer
from services.loyalty.api.newcomers import introduce_customers
from services.loyalty.domain.draw_proof import DrawProof
from services.loyalty.domain.draw_seal import entrant_of
from services.loyalty.domain.name import Name
from services.loyalty.domain.prize_draw import PICKS_MAX, DrawTerms, Entries, Prize
from services.loyalty.domain.refusals.customers import CustomerBlocked, NoSuchCustomer
from services.loyalty.domain.refusals.draws import (
    BeaconNotExpected,
    DrawClosesTooSoon,
    DrawEntriesUsedUp,
    DrawNameTaken,
    DrawNotClosed,
    DrawNotOpen,
    DrawOpened,
    DrawUnknown,
    DrawWinSettled,
    DrawWinUnknown,
)
from services.loyalty.domain.refusals.programs import NoLiveProgram
from services.loyalty.domain.written import Moment, Words
from services.loyalty.operations.cancel_draw import cancel_draw
from services.loyalty.operations.claim_prize import claim_prize
from services.loyalty.operations.create_draw import create_draw
from services.loyalty.operations.give_beacon import give_beacon
from services.loyalty.operations.give_draw_entries import give_draw_entries
from services.loyalty.operations.give_prize_up import Why, give_prize_up
from services.loyalty.operations.hand_over_prize import hand_over_prize
from services.loyalty.operations.update_draw import update_draw
from services.loyalty.queries.draws import (
    Participation,
    draws_of,
    entered_by,
    find_draw,
    picks_of,
    proof_of,
    terms_of,
    wins_of,
)
from services.loyalty.tables.prize_draws import DrawEntrantRow, DrawPickRow, PrizeDrawRow

router = APIRouter(prefix="/v1", tags=["draws"], route_class=TransactionRoute)


class DrawChange(BaseModel):
    """What is different now. Terms that are away stay as they are; null takes a bound away."""

    model_config = ConfigDict(extra="forbid")

    name: Name | None = None
    opens_at: Moment | None = None
    closes_at: Moment | None = None
    prizes: Annotated[tuple[Prize, ...], Field(min_length=1, max_length=20)] | None = None
    alternates: Annotated[int, Field(strict=True, ge=0, le=PICKS_MAX)] | None = None
    one_win_per_customer: StrictBool | None = None
    entries_per_customer: Entries | None = None
    beacon: Words | None = None
    claim_days: Annotated[int, Field(strict=True, ge=1, le=366)] | None = None


class DrawCancellation(BaseModel):
    """Why a draw is called off."""

    model_config = ConfigDict(extra="forbid")

    reason: Words


class EntriesRequest(BaseModel):
    """Whom to enter how often, and why."""

    model_config = ConfigDict(extra="forbid")

    customer_id: Id
    entries: Annotated[int, Field(strict=True, ge=1, le=10_000)] = 1
    reason: Words


class EnteredDocument(BaseModel):
    """Entries that were given, and how many the customer has in the draw with them."""

    object: Literal["draw_entries"] = "draw_entries"
    id: str
    draw_id: str
    customer_id: str
    entries: int
    total: int


class HeadDocument(BaseModel):
    """Where the chain of entries ends: note it down, and the list must begin like that for ever."""

    lines: int
    entries: int
    hash: str | None = Field(description="Null before the first line.")


class DrawDocument(BaseModel):
    """A draw. `status` is announced, open, closing, closed, drawn or cancelled."""

    object: Literal["draw"] = "draw"
    id: str
    status: str
    terms: DrawTerms
    commitment: str = Field(description="The SHA-256 of the seed, in hexadecimal.")
    head: HeadDocument
    beacon: str | None
    version: int
    created_at: datetime
    closed_at: datetime | None
    drawn_at: datetime | None
    reason: str | None = Field(description="Why it was cancelled.")


class BeaconRequest(BaseModel):
    """The value that was announced, exactly as it is mixed in."""

    model_config = ConfigDict(extra="forbid")

    value: Words


class PrizeStep(BaseModel):
    """What to do with a win. Giving one up says why, which is published, and a note, which is not."""

    model_config = ConfigDict(extra="forbid")

    step: Literal["claim", "hand_over", "give_up"]
    why: Why = "declined"
    note: Words = "by hand"


class WinDocument(BaseModel):
    """A pick. `prize` is the place of its prize in the terms, counted from zero; null for who waits in line.

    `status` is waiting, won, claimed, handed_over or passed_over.
    """

    object: Literal["draw_win"] = "draw_win"
    draw_id: str
    pick: int
    customer_id: str
    entrant: str
    prize: int | None
    prize_name: Name | None
    status: str
    reason: str | None
    note: str | None
    claim_until: datetime | None
    updated_at: datetime


class WinsDocument(BaseModel):
    """Everybody who was picked."""

    object: Literal["draw_wins"] = "draw_wins"
    data: list[WinDocument]


class EntrantDocument(BaseModel):
    """What the published list calls a customer, and the entries it has of them.

    `entrant` is the SHA-256 of the draw's id, the customer's id and the salt, in hexadecimal, each on a line.
    """

    customer_id: str
    entries: int
    entrant: str
    salt: str


class ParticipationDocument(BaseModel):
    """A customer in a draw: their entries, and what the published list calls them.

    Customers who were merged stay entrants of their own: `entries` are those of all `entrants`, the first of which
    `entrant` and `salt` repeat.
    """

    object: Literal["draw_participation"] = "draw_participation"
    draw_id: str
    draw_name: Name
    status: str
    opens_at: datetime
    closes_at: datetime
    entries: int
    entrant: str
    salt: str
    entrants: list[EntrantDocument]
    wins: list[WinDocument] = Field(description="What they won, and what became of it.")


@router.post(
    "/draws",
    status_code=201,
    dependencies=[needs("rewards:write")],
    responses=problems(DrawNameTaken, DrawClosesTooSoon),
)
def create(terms: DrawTerms, db: Transaction, caller: CurrentCaller, now: Now, response: Response) -> DrawDocument:
    """Announce a draw. Its seed is chosen and committed to here."""
    draw = create_draw(db, caller.tenant_id, terms, at=now, trace=caller.request_id or None)
    return draw_document(draw, now, response)


@router.get("/draws", dependencies=[needs("rewards:read")], responses=problems())
def read_all(
    page: PageAsked,
    db: Transaction,
    caller: CurrentCaller,
    now: Now,
) -> Page[DrawDocument]:
    """All draws, the newest first."""
    draws = draws_of(db, caller.tenant_id, after=page.after, limit=page.rows_max)
    return page.of(draws, lambda draw: draw_document(draw, now))


@router.get("/draws/{draw_id}", dependencies=[needs("rewards:read")], responses=problems(DrawUnknown))
def read_one(draw_id: str, db: Transaction, caller: CurrentCaller, now: Now) -> DrawDocument:
    """One draw. Its `version` in quotes is what a change names as `If-Match`."""
    return draw_document(find_draw(db, caller.tenant_id, draw_id), now)


@router.patch(
    "/draws/{draw_id}",
    dependencies=[needs("rewards:write")],
    responses=problems(DrawUnknown, DrawOpened, DrawClosesTooSoon, IfMatchRequired, VersionStale),
)
def change(
    draw_id: str,
    wish: DrawChange,
    expected: ExpectedVersion,
    db: Transaction,
    caller: CurrentCaller,
    now: Now,
    response: Response,
) -> DrawDocument:
    """Change a draw that has not opened, if it is still the version you read. The commitment stays."""
    given = wish.model_dump(exclude_unset=True)
    try:
        draw = update_draw(
            db, caller.tenant_id, draw_id, given, expected_version=expected, at=now, trace=caller.request_id or None
        )
    except ValidationError as error:
        raise RequestValidationError(error.errors(include_context=False)) from error
    return draw_document(draw, now, response)


@router.post(
    "/draws/{draw_id}/cancel",
    dependencies=[needs("rewards:write")],
    responses=problems(DrawUnknown, DrawNotOpen),
)
def cancel(
    draw_id: str, wish: DrawCancellation, db: Transaction, caller: CurrentCaller, now: Now, response: Response
) -> DrawDocument:
    """Call a draw off before it closes."""
    draw = cancel_draw(
        db,
        caller.tenant_id,
        draw_id,
        by=by_hand(caller, wish.reason),
        at=now,
    )
    return draw_document(draw, now, response)


@router.post(
    "/draws/{draw_id}/entries",
    status_code=201,
    dependencies=[needs("points:write")],
    responses=problems(DrawUnknown, DrawNotOpen, DrawEntriesUsedUp, NoSuchCustomer, CustomerBlocked),
    openapi_extra=MONEY_LIKE,
)
def enter(
    draw_id: str, wish: EntriesRequest, request: Request, db: Transaction, caller: CurrentCaller, now: Now
) -> EnteredDocument:
    """Enter a customer by hand: for an activity, or who asks to take part without buying."""
    introduce_customers(request, db, caller, wish.customer_id)
    entered = give_draw_entries(
        db,
        caller.tenant_id,
        draw_id,
        CustomerId(wish.customer_id),
        wish.entries,
        by=by_hand(caller, wish.reason),
        at=now,
    )
    return EnteredDocument(
        id=entered.id,
        draw_id=draw_id,
        customer_id=wish.customer_id,
        entries=entered.entries,
        total=entered.total,
    )


@router.post(
    "/draws/{draw_id}/beacon",
    dependencies=[needs("rewards:write")],
    responses=problems(DrawUnknown, DrawNotClosed, BeaconNotExpected),
)
def set_beacon(
    draw_id: str, wish: BeaconRequest, db: Transaction, caller: CurrentCaller, now: Now, response: Response
) -> DrawDocument:
    """Give the public value that was announced: once, after the list was frozen. The winners follow from it."""
    draw = give_beacon(db, caller.tenant_id, draw_id, wish.value, actor=caller.actor)
    return draw_document(draw, now, response)


@router.get(
    "/draws/{draw_id}/proof",
    dependencies=[needs("rewards:read")],
    responses=problems(DrawUnknown, DrawNotClosed),
)
def read_proof(draw_id: str, db: Transaction, caller: CurrentCaller) -> DrawProof:
    """All that anyone needs to check a closed draw, and nothing personal: publish it as it is."""
    draw = find_draw(db, caller.tenant_id, draw_id)
    if draw.status not in ("closed", "drawn"):
        raise DrawNotClosed(status=draw.status)
    return proof_of(db, draw)


@router.get("/draws/{draw_id}/winners", dependencies=[needs("rewards:read")], responses=problems(DrawUnknown))
def read_winners(draw_id: str, db: Transaction, caller: CurrentCaller) -> WinsDocument:
    """Everybody who was picked, in the order of the picks, on one page."""
    draw = find_draw(db, caller.tenant_id, draw_id)
    terms = terms_of(draw)
    return WinsDocument(data=[win_document(pick, terms) for pick in picks_of(db, draw)])


@router.post(
    "/draws/{draw_id}/winners/{pick}/steps",
    dependencies=[needs("rewards:write")],
    response_model=WinDocument,
    responses=problems(DrawUnknown, DrawWinUnknown, DrawWinSettled, NoLiveProgram),
    openapi_extra=MONEY_LIKE,
)
def take_step(
    draw_id: str,
    pick: Annotated[int, Path(ge=1, le=PICKS_MAX)],
    wish: PrizeStep,
    request: Request,
    db: Transaction,
    caller: CurrentCaller,
    now: Now,
) -> WinDocument | Response:
    """Claim a prize, note that it was handed over, or give it up for the next in line."""
    tenant_id, trace = caller.tenant_id, caller.request_id or None
    match wish.step:
        case "claim":
            win = claim_prize(db, tenant_id, draw_id, pick, actor=caller.actor, at=now, trace=trace)
        case "hand_over":
            win = hand_over_prize(db, tenant_id, draw_id, pick, actor=caller.actor, at=now, trace=trace)
        case "give_up":
            win = give_prize_up(db, tenant_id, draw_id, pick, wish.why, note=wish.note, actor=caller.actor, at=now)
    if wish.step != "give_up" and win.status == "passed_over":
        # Answered and not raised, so that who is next has it.
        return problem_response(DrawWinSettled(status=win.status), request.headers)
    return win_document(win, terms_of(find_draw(db, tenant_id, draw_id)))


@router.get("/customers/{customer_id}/draws", dependencies=[needs("points:read")], responses=problems(NoSuchCustomer))
def read_of_customer(
    customer_id: KnownCustomer,
    page: PageAsked,
    db: Transaction,
    caller: CurrentCaller,
    now: Now,
) -> Page[ParticipationDocument]:
    """The draws the customer is in, the newest first, with what finds them in the published list."""
    entered = entered_by(db, caller.tenant_id, customer_id, after=page.after, limit=page.rows_max)
    won = wins_of(db, caller.tenant_id, customer_id, [each.draw.id for each in entered])
    return page.of(entered, lambda each: participation(each, won, now), lambda each: each.draw.id)


def win_document(pick: DrawPickRow, terms: DrawTerms) -> WinDocument:
    """A pick, and what it won."""
    prize = terms.prize_of_slot[pick.slot] if pick.slot is not None else None
    return WinDocument(
        draw_id=pick.draw_id,
        pick=pick.pick,
        customer_id=pick.customer_id,
        entrant=pick.entrant,
        prize=prize,
        prize_name=terms.prizes[prize].name if prize is not None else None,
        status=pick.status,
        reason=pick.reason,
        note=pick.note,
        claim_until=pick.claim_until,
        updated_at=pick.updated_at,
    )


def participation(entered: Participation, won: Sequence[DrawPickRow], now: datetime) -> ParticipationDocument:
    """What a customer has in a draw."""
    draw, entrants = entered.draw, [entrant_document(entrant) for entrant in entered.entrants]
    return ParticipationDocument(
        draw_id=draw.id,
        draw_name=terms_of(draw).name,
        status=status_at(draw, now),
        opens_at=draw.opens_at,
        closes_at=draw.closes_at,
        entries=sum(entrant.entries for entrant in entrants),
        entrant=entrants[0].entrant,
        salt=entrants[0].salt,
        entrants=entrants,
        wins=[win_document(pick, terms_of(draw)) for pick in won if pick.draw_id == draw.id],
    )


def entrant_document(entrant: DrawEntrantRow) -> EntrantDocument:
    """A customer as the list has them, and what finds them in it."""
    return EntrantDocument(
        customer_id=entrant.customer_id,
        entries=entrant.entries,
        entrant=entrant_of(entrant.draw_id, entrant.customer_id, entrant.salt),
        salt=entrant.salt.hex(),
    )


def status_at(draw: PrizeDrawRow, now: datetime) -> str:
    """Where the draw stands by the clock."""
    if draw.status != "open":
        return draw.status
    return "announced" if now < draw.opens_at else "open" if now < draw.closes_at else "closing"


def draw_document(draw: PrizeDrawRow, now: datetime, response: Response | None = None) -> DrawDocument:
    """A draw as it is by the clock."""
    if response is not None:
        response.headers["ETag"] = etag(draw.version)
    return DrawDocument(
        id=draw.id,
        status=status_at(draw, now),
        terms=terms_of(draw),
        commitment=draw.commitment.hex(),
        head=HeadDocument(lines=draw.lines, entries=draw.entries, hash=draw.hash.hex() if draw.hash else None),
        beacon=draw.beacon,
        version=draw.version,
        created_at=draw.created_at,
        closed_at=draw.closed_at,
        drawn_at=draw.drawn_at,
        reason=draw.reason,
    )
