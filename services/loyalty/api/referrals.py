"""Referrals: customers who bring others, by a code of their own."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Path, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from chassis.web.caller import CurrentCaller, needs
from chassis.web.pages import Page, PageAsked
from chassis.web.problem_responses import problem_response, problems
from chassis.web.transaction import MONEY_LIKE, Now, Transaction, TransactionRoute
from kernel.ids import CustomerId
from kernel.language import Language
from services.loyalty.api.fields import Id
from services.loyalty.api.known_customers import KnownCustomer
from services.loyalty.api.newcomers import introduce_customers
from services.loyalty.domain.basket import Code, Label
from services.loyalty.domain.guessing import Guesser
from services.loyalty.domain.referral import REASONS, ReferralReason, ReferralStatus
from services.loyalty.domain.refusals.codes import TooManyWrongCodes
from services.loyalty.domain.refusals.customers import CustomerBlocked, NoSuchCustomer
from services.loyalty.domain.refusals.referrals import (
    AdvocateBlocked,
    FriendNotNew,
    ReferralCodeEnded,
    ReferralCodeUnknown,
    ReferralLimitReached,
    ReferralRing,
    ReferralsClosed,
    ReferralUnknown,
    ReferredAlready,
    SameHousehold,
    SelfReferral,
)
from services.loyalty.domain.voucher_code import displayed
from services.loyalty.operations.accept_referral import accept_referral
from services.loyalty.operations.issue_referral_code import issue_referral_code
from services.loyalty.queries.referrals import LookedAt, find_referral, purchases_of, referrals_of
from services.loyalty.tables.referrals import ReferralRow

router = APIRouter(prefix="/v1", tags=["referrals"], route_class=TransactionRoute)


class ReferralCodeDocument(BaseModel):
    """The customer's code, as it is stored and as people read it. From `valid_until` on another one takes its place.

    `friends` counts those whom the customer has brought and whose referral was rewarded and not revoked;
    `next_milestone` is the number of them at which the customer gets the next award for so many.
    """

    object: str = "referral_code"
    customer_id: str
    code: str
    code_displayed: str
    issued_at: datetime
    valid_until: datetime | None
    friends: int
    next_milestone: int | None


class ReferralRequest(BaseModel):
    """Who came, and by which code, as it was typed."""

    model_config = ConfigDict(extra="forbid")

    code: Code
    customer_id: Id
    till: Annotated[Label | None, Field(description="Which till asks, by your own name for it.")] = None


class ReferralDocument(BaseModel):
    """A friend and who brought them.

    `until` is when a pending one ends without a purchase, a held one is rewarded, or a rewarded one can be taken back
    no more; where every purchase counts, when the next of these comes. `reason` says why it was refused or revoked, or
    why no further purchase counts; `reason_text` in the language asked for. `purchase_id` is the first purchase, where
    that decides.
    """

    object: str = "referral"
    id: str
    advocate_id: str
    friend_id: str
    status: ReferralStatus
    reason: ReferralReason | None
    reason_text: str | None
    purchase_id: str | None
    created_at: datetime
    until: datetime | None
    changed_at: datetime


class ReferralPurchaseDocument(BaseModel):
    """A friend's purchase, where every one counts, and what became of it.

    `due` is what is left of it, in the currency's minor units. `until` is when a pending or held one is decided, or a
    rewarded one can be taken back no more. `reason` says why it was refused or revoked.
    """

    object: str = "referral_purchase"
    purchase_id: str
    status: ReferralStatus
    reason: ReferralReason | None
    reason_text: str | None
    currency: str
    due: int
    occurred_at: datetime
    until: datetime | None
    changed_at: datetime


@router.get(
    "/customers/{customer_id}/referral_code",
    dependencies=[needs("points:read")],
    responses=problems(NoSuchCustomer, CustomerBlocked, ReferralsClosed),
)
def read_code(customer_id: KnownCustomer, db: Transaction, caller: CurrentCaller, now: Now) -> ReferralCodeDocument:
    """The code by which the customer brings others; made when it is first asked for."""
    row, ends_at, friends, next_milestone = issue_referral_code(db, caller.tenant_id, customer_id, at=now)
    return ReferralCodeDocument(
        customer_id=row.customer_id,
        code=row.code,
        code_displayed=displayed(row.code),
        issued_at=row.issued_at,
        valid_until=ends_at,
        friends=friends,
        next_milestone=next_milestone,
    )


@router.get(
    "/customers/{customer_id}/referrals", dependencies=[needs("points:read")], responses=problems(NoSuchCustomer)
)
def read_all(
    customer_id: KnownCustomer,
    page: PageAsked,
    db: Transaction,
    caller: CurrentCaller,
) -> Page[ReferralDocument]:
    """Those whom the customer brought, and by whom they were brought; the newest first."""
    found = referrals_of(db, caller.tenant_id, customer_id, before=page.after, limit=page.rows_max)
    return page.of(found, lambda row: referral_document(row, caller.language))


@router.get("/referrals/{referral_id}", dependencies=[needs("points:read")], responses=problems(ReferralUnknown))
def read_one(
    referral_id: Annotated[str, Path(max_length=64)], db: Transaction, caller: CurrentCaller
) -> ReferralDocument:
    """One referral, and what became of it."""
    return referral_document(find_referral(db, caller.tenant_id, referral_id), caller.language)


@router.get(
    "/referrals/{referral_id}/purchases", dependencies=[needs("points:read")], responses=problems(ReferralUnknown)
)
def read_purchases(
    referral_id: Annotated[str, Path(max_length=64)], page: PageAsked, db: Transaction, caller: CurrentCaller
) -> Page[ReferralPurchaseDocument]:
    """What the friend bought, where every purchase counts, and what became of each; the newest first."""
    find_referral(db, caller.tenant_id, referral_id)
    found = purchases_of(db, caller.tenant_id, referral_id, before=page.after, limit=page.rows_max)
    return page.of(
        found, lambda bought: purchase_document(bought, caller.language), lambda bought: bought.row.purchase_id
    )


@router.post(
    "/referrals",
    status_code=201,
    dependencies=[needs("points:write")],
    response_model=ReferralDocument,
    responses=problems(
        NoSuchCustomer,
        CustomerBlocked,
        ReferralsClosed,
        ReferralCodeUnknown,
        ReferralCodeEnded,
        AdvocateBlocked,
        SelfReferral,
        SameHousehold,
        ReferralRing,
        ReferredAlready,
        FriendNotNew,
        ReferralLimitReached,
        TooManyWrongCodes,
    ),
    openapi_extra=MONEY_LIKE,
)
def create(
    wish: ReferralRequest, request: Request, db: Transaction, caller: CurrentCaller, now: Now
) -> ReferralDocument | Response:
    """Note that a customer who has bought nothing yet came by somebody's code. Wrong codes are counted."""
    introduce_customers(request, db, caller, wish.customer_id)
    guesser = Guesser(caller.actor, wish.till, wish.customer_id)
    row = accept_referral(db, caller.tenant_id, wish.code, CustomerId(wish.customer_id), guesser, at=now)
    if row is None:
        # Answered and not raised, so that the count is kept.
        return problem_response(ReferralCodeUnknown(), request.headers)
    return referral_document(row, caller.language)


def referral_document(row: ReferralRow, language: Language) -> ReferralDocument:
    """A referral in an answer."""
    return ReferralDocument(
        id=row.id,
        advocate_id=row.advocate_id,
        friend_id=row.friend_id,
        status=row.status,
        reason=row.reason,
        reason_text=reason_text(row.reason, language),
        purchase_id=row.purchase_id,
        created_at=row.created_at,
        until=row.until,
        changed_at=row.changed_at,
    )


def purchase_document(bought: LookedAt, language: Language) -> ReferralPurchaseDocument:
    """A friend's purchase in an answer."""
    row = bought.row
    return ReferralPurchaseDocument(
        purchase_id=row.purchase_id,
        status=row.status,
        reason=row.reason,
        reason_text=reason_text(row.reason, language),
        currency=bought.currency,
        due=bought.due,
        occurred_at=bought.occurred_at,
        until=row.until,
        changed_at=row.changed_at,
    )


def reason_text(reason: ReferralReason | None, language: Language) -> str | None:
    """Why, in words."""
    return REASONS[reason].in_language(language) if reason else None
