"""Purchases: recorded one by one or in batches, read, and quoted for."""

import hashlib
from collections.abc import Mapping
from typing import Annotated, Any

import orjson
from fastapi import APIRouter, Query
from pydantic import TypeAdapter
from starlette.responses import Response

from chassis.web.caller import Caller, CurrentCaller, needs
from chassis.web.etags import etag
from chassis.web.hot_routes import HotRequest, JsonAnswer, hot_caller, hot_route, parsed
from chassis.web.hot_routes import Response as HotResponse
from chassis.web.idempotency import HEADER, IdempotencyKeyReused, checked_key
from chassis.web.problem_responses import problem_response, problems
from chassis.web.transaction import Transaction, TransactionRoute
from kernel.refusal import Refused
from services.loyalty.api.newcomers import introduce
from services.loyalty.api.purchase_documents import PurchaseDocument, purchase_document
from services.loyalty.api.quote_tokens import Quoted, quoted_version
from services.loyalty.api.till import Till
from services.loyalty.domain.basket import Basket
from services.loyalty.domain.refusals.codes import GiftCardBlocked, GiftCardTooLow, GiftCardUnknown
from services.loyalty.domain.refusals.customers import CustomerBlocked, CustomerUnknown
from services.loyalty.domain.refusals.memberships import MembershipTooLong
from services.loyalty.domain.refusals.offline import AllowanceInvalid, AllowanceOfAnother
from services.loyalty.domain.refusals.purchases import (
    CurrencyMismatch,
    PaymentTooLarge,
    PointsNotTaken,
    PurchaseConflict,
    PurchaseUnknown,
    QuoteExpired,
    QuoteInvalid,
)
from services.loyalty.domain.refusals.wallets import InsufficientPoints
from services.loyalty.domain.tender import shows_means
from services.loyalty.operations.record_purchases import Outcome, Sale
from services.loyalty.queries.program_shelf import program_of
from services.loyalty.queries.purchases import find_purchase, find_purchase_by_receipt

BODY_BYTES_MAX = 1 << 20
# Two baskets are the same when they say the same, whatever quote and reservation they name.
NOT_CONTENT = {"quote_id", "reservation_id"}
BASKET: TypeAdapter[Basket] = TypeAdapter(Basket)
REFUSALS = (
    CustomerUnknown,
    CustomerBlocked,
    CurrencyMismatch,
    MembershipTooLong,
    InsufficientPoints,
    PointsNotTaken,
    PaymentTooLarge,
    GiftCardUnknown,
    GiftCardBlocked,
    GiftCardTooLow,
    AllowanceInvalid,
    AllowanceOfAnother,
    PurchaseConflict,
    QuoteInvalid,
    QuoteExpired,
    IdempotencyKeyReused,
)

router = APIRouter(prefix="/v1", tags=["purchases"], route_class=TransactionRoute)


async def create_purchase(request: HotRequest) -> HotResponse:
    """Record a sale. The same receipt again gives the first answer; `Idempotency-Key` is welcome and not needed."""
    caller = hot_caller(request, "purchases:write")
    basket = parsed(BASKET, await request.body(BODY_BYTES_MAX))
    sale = sale_of(request, caller, basket, key=request.headers.get(HEADER))
    till: Till = request.app.state.till
    outcome = await till.record(sale)
    if isinstance(outcome, CustomerUnknown) and await introduce(request.app, [sale]):
        outcome = await till.record(sale)
    return answer(request, caller, outcome)


@router.get(
    "/purchases/{purchase_id}",
    dependencies=[needs("purchases:read")],
    response_model=PurchaseDocument,
    responses=problems(PurchaseUnknown),
)
def get_purchase(purchase_id: str, db: Transaction, caller: CurrentCaller) -> Response:
    """One purchase, with what is left of its effects."""
    purchase = find_purchase(db, caller.tenant_id, purchase_id)
    document = purchase_document(purchase, program_of(db, purchase), caller.language)
    return as_json(document, {"ETag": etag(purchase.revision)})


@router.get(
    "/purchases",
    dependencies=[needs("purchases:read")],
    response_model=PurchaseDocument,
    responses=problems(PurchaseUnknown),
)
def get_purchase_by_receipt(
    store_id: Annotated[str, Query(max_length=100)],
    external_id: Annotated[str, Query(max_length=100)],
    db: Transaction,
    caller: CurrentCaller,
) -> Response:
    """The purchase of a receipt."""
    purchase = find_purchase_by_receipt(db, caller.tenant_id, store_id, external_id)
    return as_json(purchase_document(purchase, program_of(db, purchase), caller.language))


def sale_of(request: HotRequest, caller: Caller, basket: Basket, *, key: str | None = None) -> Sale:
    """A basket as a sale to record. Raises IdempotencyKeyRequired for a key that cannot be one."""
    quoted, barred = promise_of(request, caller, basket)
    said = basket.model_dump_json(exclude=NOT_CONTENT, exclude_defaults=True)
    return Sale(
        tenant_id=caller.tenant_id,
        basket=basket,
        fingerprint=hashlib.sha256(said.encode()).digest(),
        document=said if all_of_it_is_kept(basket) else None,
        key=checked_key(key) if key is not None else None,
        quoted=quoted,
        barred=barred,
        trace=caller.request_id or None,
    )


def all_of_it_is_kept(basket: Basket) -> bool:
    """Whether what is compared of a basket is just what is kept of it."""
    return basket.quote_id is None and basket.reservation_id is None and not shows_means(basket)


def promise_of(request: HotRequest, caller: Caller, basket: Basket) -> tuple[Quoted | None, Refused | None]:
    """The version that the basket's quote promised, or why it is not kept: a sale of before is found all the same."""
    if basket.quote_id is None:
        return None, None
    try:
        return quoted_version(request.app.state.settings, caller.tenant_id, basket), None
    except (QuoteInvalid, QuoteExpired) as refused:
        return None, refused


def answer(request: HotRequest, caller: Caller, outcome: Outcome) -> HotResponse:
    """What became of one sale, as a response."""
    if isinstance(outcome, Refused):
        return problem_response(outcome, request.headers)
    document = purchase_document(outcome.purchase, outcome.program, caller.language, outcome.read)
    if outcome.again:
        return JsonAnswer(200, orjson.dumps(document), [(b"idempotent-replayed", b"true")])
    return JsonAnswer(201, orjson.dumps(document))


def as_json(document: Mapping[str, Any], headers: Mapping[str, str] | None = None) -> Response:
    """A document as a response."""
    return Response(orjson.dumps(document), headers=headers, media_type="application/json")


# Made once, whichever applications they become part of: each also adds its description to the router.
HOT_ROUTES = (
    hot_route(
        router,
        "POST",
        "/purchases",
        create_purchase,
        scope="purchases:write",
        body=Basket,
        status_code=201,
        response_model=PurchaseDocument,
        responses={200: {"model": PurchaseDocument, "description": "Recorded before"}, **problems(*REFUSALS)},
    ),
)
