"""Gift cards: codes that hold money."""

from datetime import datetime
from typing import Annotated, Literal

from fastapi import APIRouter, Request, Response
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy.orm import Session

from chassis.web.caller import CurrentCaller, needs
from chassis.web.pages import LIMIT_DEFAULT, Limit, Page, page_of, place_after
from chassis.web.problem_responses import problem_response, problems
from chassis.web.transaction import MONEY_LIKE, Now, Transaction, TransactionRoute
from kernel.ids import CustomerId, TenantId
from services.loyalty.api.fields import by_hand
from services.loyalty.api.vouchers import CodeQuestion
from services.loyalty.api.wallets import EntryDocument, entry_document
from services.loyalty.domain.basket import MONEY_MAX, Label
from services.loyalty.domain.gift_card import gift_card_id
from services.loyalty.domain.guessing import Guesser
from services.loyalty.domain.refusals.codes import GiftCardBlocked, NoSuchGiftCard, TooManyWrongCodes
from services.loyalty.domain.voucher_code import displayed
from services.loyalty.domain.written import Moment, Words
from services.loyalty.operations.block_gift_card import Change, block_gift_card
from services.loyalty.operations.check_guessing import check_guessing
from services.loyalty.operations.count_wrong_codes import count_wrong_codes
from services.loyalty.operations.issue_gift_card import issue_gift_card
from services.loyalty.operations.top_up_gift_card import top_up_gift_card
from services.loyalty.queries.balance import balance_of, held_now, wallet_of
from services.loyalty.queries.gift_cards import find_card
from services.loyalty.queries.statement import statement_of
from services.loyalty.tables.gift_cards import GiftCardRow

router = APIRouter(prefix="/v1", tags=["gift cards"], route_class=TransactionRoute)

Money = Annotated[int, Field(strict=True, ge=1, le=MONEY_MAX)]


class GiftCardRequest(BaseModel):
    """Money to put on a new card, in minor units. `source` is your own name for the sale it is sold in."""

    model_config = ConfigDict(extra="forbid")

    amount: Money
    currency: Annotated[str, Field(pattern=r"^[A-Z]{3}$")]
    expires_at: Moment | None = None
    source: Label | None = None
    reason: Words


class TopUpRequest(BaseModel):
    """Money to put on a card, in minor units."""

    model_config = ConfigDict(extra="forbid")

    amount: Money
    reason: Words


class GiftCardStep(BaseModel):
    """What to do with a card, and why."""

    model_config = ConfigDict(extra="forbid")

    step: Change
    reason: Words


class GiftCardDocument(BaseModel):
    """A card and what it can pay, in minor units of its currency. `status` is active, blocked, cancelled or expired."""

    object: Literal["gift_card"] = "gift_card"
    id: str
    ending: str = Field(description="The last characters of the code, which is not kept.")
    currency: str
    balance: int
    held: int
    available: int
    status: str
    source: str | None
    issued_at: datetime
    expires_at: datetime | None


class IssuedGiftCard(GiftCardDocument):
    """A new card, and its code: it is told this once."""

    code: str
    code_displayed: str


@router.post(
    "/gift_cards",
    status_code=201,
    dependencies=[needs("points:write")],
    responses=problems(),
    openapi_extra=MONEY_LIKE,
)
def create(wish: GiftCardRequest, db: Transaction, caller: CurrentCaller, now: Now) -> IssuedGiftCard:
    """Issue a card with money on it."""
    issued = issue_gift_card(
        db,
        caller.tenant_id,
        amount=wish.amount,
        currency=wish.currency,
        expires_at=wish.expires_at,
        source=wish.source,
        by=by_hand(caller, wish.reason),
        at=now,
    )
    document = card_document(db, issued.card, now)
    return IssuedGiftCard(**document.model_dump(), code=issued.code, code_displayed=displayed(issued.code))


@router.post(
    "/gift_cards/lookup",
    dependencies=[needs("points:read")],
    response_model=GiftCardDocument,
    responses=problems(NoSuchGiftCard, TooManyWrongCodes),
)
def look_up(
    asked: CodeQuestion, request: Request, db: Transaction, caller: CurrentCaller, now: Now
) -> GiftCardDocument | Response:
    """The card of a code, and what is on it. Wrong codes are counted."""
    guesser = Guesser(caller.actor, asked.till, asked.customer_id)
    check_guessing(db, caller.tenant_id, guesser, at=now)
    card = db.get(GiftCardRow, (caller.tenant_id, gift_card_id(asked.code)))
    if card is None:
        # Answered and not raised, so that the count is kept.
        count_wrong_codes(db, caller.tenant_id, guesser, 1, at=now)
        return problem_response(NoSuchGiftCard(), request.headers)
    return card_document(db, card, now)


@router.get("/gift_cards/{gift_card_id}", dependencies=[needs("points:read")], responses=problems(NoSuchGiftCard))
def read_one(gift_card_id: str, db: Transaction, caller: CurrentCaller, now: Now) -> GiftCardDocument:
    """One card, by its id."""
    return card_document(db, find_card(db, caller.tenant_id, gift_card_id), now)


@router.get(
    "/gift_cards/{gift_card_id}/statement", dependencies=[needs("points:read")], responses=problems(NoSuchGiftCard)
)
def read_statement(
    gift_card_id: str,
    request: Request,
    db: Transaction,
    caller: CurrentCaller,
    limit: Limit = LIMIT_DEFAULT,
    cursor: str | None = None,
) -> Page[EntryDocument]:
    """Every movement of the card, the newest first, with the balance after it."""
    card = find_card(db, caller.tenant_id, gift_card_id)
    after = place_after(request, cursor)
    entries = statement_of(db, caller.tenant_id, CustomerId(card.id), card.currency, after=after, limit=limit + 1)
    return page_of(
        request, entries, limit, lambda entry: str(entry.position), lambda entry: entry_document(entry, caller.language)
    )


@router.post(
    "/gift_cards/{gift_card_id}/top_ups",
    dependencies=[needs("points:write")],
    responses=problems(NoSuchGiftCard, GiftCardBlocked),
    openapi_extra=MONEY_LIKE,
)
def top_up(gift_card_id: str, wish: TopUpRequest, db: Transaction, caller: CurrentCaller, now: Now) -> GiftCardDocument:
    """Put more money on a card."""
    by = by_hand(caller, wish.reason)
    return card_document(db, top_up_gift_card(db, caller.tenant_id, gift_card_id, wish.amount, by=by, at=now), now)


@router.post(
    "/gift_cards/{gift_card_id}/steps",
    dependencies=[needs("points:write")],
    responses=problems(NoSuchGiftCard, GiftCardBlocked),
    openapi_extra=MONEY_LIKE,
)
def take_step(
    gift_card_id: str, wish: GiftCardStep, db: Transaction, caller: CurrentCaller, now: Now
) -> GiftCardDocument:
    """Block a card, let it pay again, or cancel it for good: what is unused leaves it, as when its sale is refunded."""
    by = by_hand(caller, wish.reason)
    return card_document(db, block_gift_card(db, caller.tenant_id, gift_card_id, wish.step, by=by, at=now), now)


def card_document(db: Session, card: GiftCardRow, now: datetime) -> GiftCardDocument:
    """A card as it is by the clock."""
    wallet = wallet_of(db, TenantId(card.tenant_id), CustomerId(card.id), card.currency)
    held = held_now(db, wallet, now) if wallet else 0
    balance = balance_of(db, wallet, card.currency, held=held, at=now)
    over = card.status == "active" and card.expires_at is not None and card.expires_at <= now
    return GiftCardDocument(
        id=card.id,
        ending=card.ending,
        currency=card.currency,
        balance=balance.balance,
        held=balance.held,
        available=balance.available if card.status == "active" else 0,
        status="expired" if over else card.status,
        source=card.source,
        issued_at=card.issued_at,
        expires_at=card.expires_at,
    )
