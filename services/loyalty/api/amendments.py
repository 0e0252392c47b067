"""Corrections of a purchase: edited, voided, reopened, claimed; and what was changed so far."""

from datetime import datetime
from typing import Annotated

import orjson
from fastapi import APIRouter, Header, Request
from pydantic import BaseModel, ConfigDict, Field

from chassis.web.caller import CurrentCaller, needs
from chassis.web.etags import VersionStale, expected_version
from chassis.web.problem_responses import problems
from chassis.web.transaction import MONEY_LIKE, Now, Transaction, TransactionRoute
from kernel.ids import CustomerId
from services.loyalty.api.fields import Id, Reason, by_hand
from services.loyalty.api.newcomers import introduce_customers
from services.loyalty.api.purchase_documents import PurchaseDocument, purchase_document
from services.loyalty.api.returns import ChangesDocument, ReturnDocument, return_document
from services.loyalty.domain.basket import Basket
from services.loyalty.domain.refusals.customers import CustomerBlocked, CustomerUnknown
from services.loyalty.domain.refusals.purchases import (
    ClaimTooLate,
    NothingToClaim,
    PurchaseClaimedBefore,
    PurchaseNotVoided,
    PurchaseUnknown,
    PurchaseVoided,
    ReceiptChanged,
)
from services.loyalty.operations.amend_purchase import CHANGES
from services.loyalty.operations.claim_purchase import claim_purchase
from services.loyalty.operations.edit_purchase import edit_purchase
from services.loyalty.operations.reopen_purchase import reopen_purchase
from services.loyalty.operations.void_purchase import void_purchase
from services.loyalty.queries.purchases import amendments_of, find_purchase

router = APIRouter(prefix="/v1/purchases/{purchase_id}", tags=["purchases"], route_class=TransactionRoute)

IfMatch = Annotated[str | None, Header(description="The `ETag` that was read; any revision is changed without it.")]


class ReasonRequest(BaseModel):
    """Why."""

    model_config = ConfigDict(extra="forbid")

    reason: Reason


class EditRequest(BaseModel):
    """The whole basket as it should have been, and why. Receipt, currency, customer and moment stay."""

    model_config = ConfigDict(extra="forbid")

    basket: Basket
    reason: Reason


class ClaimRequest(BaseModel):
    """Whose sale it was."""

    model_config = ConfigDict(extra="forbid")

    customer_id: Id


class ClaimDocument(BaseModel):
    """The purchase as it now is. `refund` is what the customer's rules take off, in minor units."""

    object: str = "claim"
    refund: int
    currency: str
    purchase: PurchaseDocument


class AmendmentDocument(BaseModel):
    """One change of a purchase: `kind` is return, edit, void, reopen, claim, or challenge, when another purchase
    of the customer changed what a challenge gives for this one.
    """

    object: str = "amendment"
    id: str
    kind: str
    refund: int
    changes: ChangesDocument
    lines: dict[int, int] | None = Field(description="The units a return named, by line.")
    reason: str | None
    actor: str | None
    recorded_at: datetime


class Amendments(BaseModel):
    """All changes of a purchase, the oldest first, on one page."""

    object: str = "list"
    data: list[AmendmentDocument]
    next_cursor: str | None = None
    has_more: bool = False


@router.post(
    "/edit",
    dependencies=[needs("purchases:write")],
    responses=problems(PurchaseUnknown, PurchaseVoided, ReceiptChanged, VersionStale),
    openapi_extra=MONEY_LIKE,
)
def edit(
    purchase_id: str,
    wish: EditRequest,
    db: Transaction,
    caller: CurrentCaller,
    now: Now,
    if_match: IfMatch = None,
) -> ReturnDocument:
    """Let the sale have been of this basket all along: what is different is posted, under the program of the sale."""
    edited = edit_purchase(
        db,
        caller.tenant_id,
        purchase_id,
        wish.basket,
        by=by_hand(caller, wish.reason),
        at=now,
        expected=expected_version(if_match) if if_match is not None else None,
    )
    return return_document(edited, caller.language)


@router.post(
    "/void",
    dependencies=[needs("purchases:write")],
    responses=problems(PurchaseUnknown, PurchaseVoided),
    openapi_extra=MONEY_LIKE,
)
def void(purchase_id: str, wish: ReasonRequest, db: Transaction, caller: CurrentCaller, now: Now) -> ReturnDocument:
    """Let the sale never have been: all it brought is taken back."""
    voided = void_purchase(
        db,
        caller.tenant_id,
        purchase_id,
        by=by_hand(caller, wish.reason),
        at=now,
    )
    return return_document(voided, caller.language)


@router.post(
    "/reopen",
    dependencies=[needs("purchases:write")],
    responses=problems(PurchaseUnknown, PurchaseNotVoided),
    openapi_extra=MONEY_LIKE,
)
def reopen(purchase_id: str, wish: ReasonRequest, db: Transaction, caller: CurrentCaller, now: Now) -> ReturnDocument:
    """Take a void back: the sale is what it was before."""
    reopened = reopen_purchase(
        db,
        caller.tenant_id,
        purchase_id,
        by=by_hand(caller, wish.reason),
        at=now,
    )
    return return_document(reopened, caller.language)


@router.post(
    "/claim",
    dependencies=[needs("purchases:write")],
    responses=problems(
        PurchaseUnknown, CustomerUnknown, CustomerBlocked, PurchaseClaimedBefore, NothingToClaim, ClaimTooLate
    ),
    openapi_extra=MONEY_LIKE,
)
def claim(
    purchase_id: str, wish: ClaimRequest, request: Request, db: Transaction, caller: CurrentCaller, now: Now
) -> ClaimDocument:
    """Give a sale to nobody the customer it was made to: it brings what it would have brought."""
    introduce_customers(request, db, caller, wish.customer_id)
    claimed = claim_purchase(
        db,
        caller.tenant_id,
        purchase_id,
        CustomerId(wish.customer_id),
        actor=caller.actor,
        at=now,
        trace=caller.request_id or None,
    )
    document = purchase_document(claimed.purchase, claimed.program, caller.language)
    return ClaimDocument(
        refund=claimed.refund,
        currency=claimed.purchase.currency,
        purchase=PurchaseDocument.model_validate(document),
    )


@router.get("/amendments", dependencies=[needs("purchases:read")], responses=problems(PurchaseUnknown))
def read_amendments(purchase_id: str, db: Transaction, caller: CurrentCaller) -> Amendments:
    """Everything that was changed of a purchase, by whom and why."""
    find_purchase(db, caller.tenant_id, purchase_id)
    return Amendments(
        data=[
            AmendmentDocument(
                id=row.id,
                kind=row.kind,
                refund=row.refund,
                changes=ChangesDocument.model_validate(CHANGES.validate_json(row.changes)),
                lines=orjson.loads(row.lines),
                reason=row.reason,
                actor=row.actor,
                recorded_at=row.recorded_at,
            )
            for row in amendments_of(db, caller.tenant_id, purchase_id)
        ]
    )
