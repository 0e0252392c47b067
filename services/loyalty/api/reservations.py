"""Reservations: vouchers and coupons set aside for one checkout."""

from datetime import datetime, timedelta
from typing import Annotated

from fastapi import APIRouter, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from chassis.web.caller import CurrentCaller, needs
from chassis.web.problem_responses import problem_response, problems
from chassis.web.transaction import MONEY_LIKE, Now, Transaction, TransactionRoute
from kernel.ids import CustomerId
from services.loyalty.api.fields import Id
from services.loyalty.domain.basket import Code, Label
from services.loyalty.domain.guessing import Guesser
from services.loyalty.domain.refusals.codes import (
    CouponClosed,
    ReservationClosed,
    ReservationUnknown,
    TooManyWrongCodes,
    VoucherClosed,
    VoucherUnknown,
)
from services.loyalty.domain.refusals.customers import CustomerBlocked, NoSuchCustomer
from services.loyalty.operations.check_guessing import check_guessing
from services.loyalty.operations.count_wrong_codes import count_wrong_codes
from services.loyalty.operations.release_reservation import release_reservation
from services.loyalty.operations.reserve_vouchers import reserve_vouchers
from services.loyalty.queries.vouchers import find_reservation, reservation_status
from services.loyalty.tables.reservations import ReservationRow

SECONDS_DEFAULT = 900
SECONDS_MAX = 7 * 24 * 3600

router = APIRouter(prefix="/v1", tags=["vouchers"], route_class=TransactionRoute)


class ReservationRequest(BaseModel):
    """The customer's vouchers, and coupons, that a checkout wants. `reference` is yours: an order's number, say."""

    model_config = ConfigDict(extra="forbid")

    customer_id: Id
    codes: Annotated[list[Code], Field(min_length=1, max_length=20)]
    seconds: Annotated[int, Field(ge=1, le=SECONDS_MAX)] = SECONDS_DEFAULT
    reference: Label | None = None


class ReservationDocument(BaseModel):
    """What is set aside: `status` is reserved, used, released or expired. Name `id` as a basket's `reservation_id`."""

    object: str = "reservation"
    id: str
    customer_id: str
    status: str
    reference: str | None
    created_at: datetime
    expires_at: datetime
    closed_at: datetime | None


@router.post(
    "/reservations",
    status_code=201,
    dependencies=[needs("purchases:write")],
    response_model=ReservationDocument,
    responses=problems(NoSuchCustomer, CustomerBlocked, VoucherUnknown, VoucherClosed, CouponClosed, TooManyWrongCodes),
    openapi_extra=MONEY_LIKE,
)
def create(
    wish: ReservationRequest, request: Request, db: Transaction, caller: CurrentCaller, now: Now
) -> ReservationDocument | Response:
    """Set vouchers, and a use of each coupon, aside for one checkout.

    No other can use them until it buys, releases them, or its time is over.
    """
    guesser = Guesser(caller.actor, customer=wish.customer_id)
    check_guessing(db, caller.tenant_id, guesser, at=now)
    try:
        reservation = reserve_vouchers(
            db,
            caller.tenant_id,
            CustomerId(wish.customer_id),
            wish.codes,
            lasting=timedelta(seconds=wish.seconds),
            reference=wish.reference,
            at=now,
        )
    except VoucherUnknown as refused:
        # Answered and not raised, so that the count is kept. Nothing else was written.
        count_wrong_codes(db, caller.tenant_id, guesser, 1, at=now)
        return problem_response(refused, request.headers)
    return reservation_document(reservation, now)


@router.get(
    "/reservations/{reservation_id}", dependencies=[needs("purchases:read")], responses=problems(ReservationUnknown)
)
def read_one(reservation_id: str, db: Transaction, caller: CurrentCaller, now: Now) -> ReservationDocument:
    """One reservation."""
    return reservation_document(find_reservation(db, caller.tenant_id, reservation_id), now)


@router.post(
    "/reservations/{reservation_id}/release",
    dependencies=[needs("purchases:write")],
    responses=problems(ReservationUnknown, ReservationClosed),
    openapi_extra=MONEY_LIKE,
)
def release(reservation_id: str, db: Transaction, caller: CurrentCaller, now: Now) -> ReservationDocument:
    """Free the vouchers."""
    return reservation_document(release_reservation(db, caller.tenant_id, reservation_id, at=now), now)


def reservation_document(row: ReservationRow, now: datetime) -> ReservationDocument:
    """A reservation as it is by the clock."""
    return ReservationDocument(
        id=row.id,
        customer_id=row.customer_id,
        status=reservation_status(row, now),
        reference=row.reference,
        created_at=row.created_at,
        expires_at=row.expires_at,
        closed_at=row.closed_at,
    )
