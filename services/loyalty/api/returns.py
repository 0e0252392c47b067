"""Returns: part or all of a purchase comes back."""

from typing import Annotated

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field

from chassis.web.caller import CurrentCaller, needs
from chassis.web.problem_responses import problems
from chassis.web.transaction import MONEY_LIKE, Now, Transaction, TransactionRoute
from kernel.language import Language
from services.loyalty.api.purchase_documents import PurchaseDocument, purchase_document
from services.loyalty.domain.basket import LINES_MAX, QUANTITY_MAX
from services.loyalty.domain.refusals.purchases import NothingToReturn, PurchaseUnknown, PurchaseVoided, ReturnTooLarge
from services.loyalty.operations.amend_purchase import Amended
from services.loyalty.operations.return_purchase import return_purchase

router = APIRouter(prefix="/v1", tags=["purchases"], route_class=TransactionRoute)


class ReturnedLine(BaseModel):
    """Units of one line, by its place in the purchase, counted from zero."""

    model_config = ConfigDict(extra="forbid")

    line: Annotated[int, Field(ge=0, lt=LINES_MAX)]
    quantity: Annotated[int, Field(ge=1, le=QUANTITY_MAX)]


class ReturnRequest(BaseModel):
    """What comes back: units of lines; everything that is left when no lines are named."""

    model_config = ConfigDict(extra="forbid")

    lines: Annotated[list[ReturnedLine], Field(min_length=1, max_length=LINES_MAX)] | None = None


class UnitsChangeDocument(BaseModel):
    """Units taken back, below zero, or given."""

    model_config = ConfigDict(from_attributes=True)

    rule: str
    unit: str
    amount: int


class StampsChangeDocument(BaseModel):
    """Stamps taken back, below zero, or given."""

    model_config = ConfigDict(from_attributes=True)

    card: str
    stamps: int


class MembershipChangeDocument(BaseModel):
    """Months taken back, below zero, or given."""

    model_config = ConfigDict(from_attributes=True)

    plan: str
    paid_months: int
    bonus_months: int


class PassChangeDocument(BaseModel):
    """Passes that were issued, or revoked, below zero."""

    model_config = ConfigDict(from_attributes=True)

    plan: str
    entries: int
    passes: int


class DrawChangeDocument(BaseModel):
    """Entries in a draw that were taken back, below zero, or given."""

    model_config = ConfigDict(from_attributes=True)

    draw: str
    draw_id: str
    entries: int


class GiftChangeDocument(BaseModel):
    """Free units to hand back, below zero, or to hand over."""

    model_config = ConfigDict(from_attributes=True)

    sku: str
    quantity: int


class ChangesDocument(BaseModel):
    """The difference that was posted. `discount` is how much more is taken off, in minor units."""

    model_config = ConfigDict(from_attributes=True)

    discount: int
    units: list[UnitsChangeDocument]
    stamps: list[StampsChangeDocument]
    memberships: list[MembershipChangeDocument]
    gifts: list[GiftChangeDocument]
    passes: list[PassChangeDocument]
    draws: list[DrawChangeDocument]
    vouchers_freed: list[str]


class RefundDocument(BaseModel):
    """What of the refund went back to points or a gift card: `units` to its wallet, worth `amount` minor units."""

    model_config = ConfigDict(from_attributes=True)

    tender: str
    owner: str
    unit: str
    units: int
    amount: int


class ReturnDocument(BaseModel):
    """What was posted for a return, and the purchase as it now is.

    `refund` is in minor units; below zero when a discount that no longer holds was worth more than the goods.
    """

    object: str = "return"
    id: str
    refund: int
    refunds: list[RefundDocument]
    currency: str
    changes: ChangesDocument
    purchase: PurchaseDocument


@router.post(
    "/purchases/{purchase_id}/returns",
    status_code=201,
    dependencies=[needs("purchases:write")],
    responses=problems(PurchaseUnknown, PurchaseVoided, NothingToReturn, ReturnTooLarge),
    openapi_extra=MONEY_LIKE,
)
def create_return(
    purchase_id: str, wish: ReturnRequest, db: Transaction, caller: CurrentCaller, now: Now
) -> ReturnDocument:
    """Take goods back: what remains is worked out anew, and only the difference is posted."""
    returned = return_purchase(
        db, caller.tenant_id, purchase_id, by_place(wish), at=now, trace=caller.request_id or None
    )
    return return_document(returned, caller.language)


def return_document(amended: Amended, language: Language) -> ReturnDocument:
    """A change of a purchase as it is answered."""
    return ReturnDocument(
        id=amended.id,
        refund=amended.refund,
        refunds=[RefundDocument.model_validate(each) for each in amended.refunds],
        currency=amended.purchase.currency,
        changes=ChangesDocument.model_validate(amended.changes),
        purchase=PurchaseDocument.model_validate(purchase_document(amended.purchase, amended.program, language)),
    )


def by_place(wish: ReturnRequest) -> dict[int, int] | None:
    """How many units of each line come back; a line named twice counts twice."""
    if wish.lines is None:
        return None
    counts: dict[int, int] = {}
    for line in wish.lines:
        counts[line.line] = counts.get(line.line, 0) + line.quantity
    return counts
