"""Vouchers: looked up by their code, read, cancelled."""

from typing import Annotated

from fastapi import APIRouter, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from chassis.web.caller import CurrentCaller, needs
from chassis.web.problem_responses import problem_response, problems
from chassis.web.transaction import MONEY_LIKE, Now, Transaction, TransactionRoute
from services.loyalty.api.fields import by_hand
from services.loyalty.api.holdings import VoucherDocument, voucher_document
from services.loyalty.domain.basket import Code, Label
from services.loyalty.domain.guessing import Guesser
from services.loyalty.domain.refusals.codes import TooManyWrongCodes, VoucherClosed, VoucherUnknown
from services.loyalty.domain.written import Words
from services.loyalty.operations.cancel_voucher import cancel_voucher
from services.loyalty.operations.look_up_voucher import look_up_voucher
from services.loyalty.queries.vouchers import find_voucher

router = APIRouter(prefix="/v1", tags=["vouchers"], route_class=TransactionRoute)


class CodeQuestion(BaseModel):
    """A code as it was typed. With a customer, only that customer's voucher is told."""

    model_config = ConfigDict(extra="forbid")

    code: Code
    customer_id: Label | None = None
    till: Annotated[Label | None, Field(description="Which till asks, by your own name for it.")] = None


class CancelRequest(BaseModel):
    """Why the voucher is cancelled."""

    model_config = ConfigDict(extra="forbid")

    reason: Words


@router.post(
    "/vouchers/lookup",
    dependencies=[needs("rewards:read")],
    response_model=VoucherDocument,
    responses=problems(VoucherUnknown, TooManyWrongCodes),
)
def look_up(
    asked: CodeQuestion, request: Request, db: Transaction, caller: CurrentCaller, now: Now
) -> VoucherDocument | Response:
    """The voucher of a code. The code is in the body because addresses are logged; wrong ones are counted."""
    guesser = Guesser(caller.actor, asked.till, asked.customer_id)
    voucher = look_up_voucher(db, caller.tenant_id, asked.code, guesser, at=now)
    if voucher is None:
        # Answered and not raised, so that the count is kept.
        return problem_response(VoucherUnknown(), request.headers)
    return voucher_document(voucher, now)


@router.get("/vouchers/{voucher_id}", dependencies=[needs("rewards:read")], responses=problems(VoucherUnknown))
def read_one(voucher_id: str, db: Transaction, caller: CurrentCaller, now: Now) -> VoucherDocument:
    """One voucher, by its id."""
    return voucher_document(find_voucher(db, caller.tenant_id, voucher_id), now)


@router.post(
    "/vouchers/{voucher_id}/cancel",
    dependencies=[needs("rewards:write")],
    responses=problems(VoucherUnknown, VoucherClosed),
    openapi_extra=MONEY_LIKE,
)
def cancel(voucher_id: str, wish: CancelRequest, db: Transaction, caller: CurrentCaller, now: Now) -> VoucherDocument:
    """Cancel a voucher that nobody used. Cancel its redemption instead to give the points back."""
    voucher = cancel_voucher(
        db,
        caller.tenant_id,
        voucher_id,
        by=by_hand(caller, wish.reason),
        at=now,
    )
    return voucher_document(voucher, now)
