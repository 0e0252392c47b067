"""Redemptions: points exchanged for a reward, given as a voucher or as goods."""

from datetime import datetime
from typing import Literal

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict

from chassis.web.caller import CurrentCaller, needs
from chassis.web.pages import Page, PageAsked
from chassis.web.problem_responses import problems
from chassis.web.transaction import MONEY_LIKE, Now, Transaction, TransactionRoute
from kernel.ids import CustomerId
from services.loyalty.api.fields import Id
from services.loyalty.api.known_customers import KnownCustomer
from services.loyalty.domain.refusals.customers import CustomerBlocked, NoSuchCustomer
from services.loyalty.domain.refusals.rewards import (
    RedemptionClosed,
    RedemptionUnknown,
    RewardLimitReached,
    RewardNotOpen,
    RewardSoldOut,
    RewardUnknown,
    RewardWithdrawn,
)
from services.loyalty.domain.refusals.wallets import InsufficientPoints
from services.loyalty.domain.voucher_code import displayed
from services.loyalty.domain.written import Words
from services.loyalty.operations.move_redemption import move_redemption
from services.loyalty.operations.redeem_reward import redeem_reward
from services.loyalty.queries.rewards import (
    RedemptionDetails,
    find_redemption,
    redemptions_of,
    redemptions_to_do,
    with_details,
)

router = APIRouter(prefix="/v1", tags=["rewards"], route_class=TransactionRoute)


class RedemptionRequest(BaseModel):
    """Who takes which reward."""

    model_config = ConfigDict(extra="forbid")

    customer_id: Id
    reward_id: Id


class StepRequest(BaseModel):
    """The step taken. A note may say why, or by which carrier."""

    model_config = ConfigDict(extra="forbid")

    status: Literal["prepared", "shipped", "handed_over", "cancelled"]
    note: Words | None = None


class VoucherReceipt(BaseModel):
    """The voucher that was given."""

    id: str
    code: str
    code_displayed: str
    valid_until: datetime | None


class StepDocument(BaseModel):
    """A step that was taken, by which key, and when."""

    model_config = ConfigDict(from_attributes=True)

    status: str
    actor: str
    note: str | None
    recorded_at: datetime


class RedemptionDocument(BaseModel):
    """A reward taken: what it cost, its voucher unless it is goods, and how far it has come.

    An `automatic` one nobody asked for.

    `status` is issued, prepared, shipped, handed_over or cancelled.
    """

    object: str = "redemption"
    id: str
    customer_id: str
    reward_id: str
    unit: str
    price: int
    status: str
    automatic: bool
    steps: list[StepDocument]
    voucher: VoucherReceipt | None
    recorded_at: datetime


class RedemptionReceipt(RedemptionDocument):
    """A redemption just made, with the wallet's balance after it."""

    balance_after: int


@router.post(
    "/redemptions",
    status_code=201,
    dependencies=[needs("rewards:write")],
    responses=problems(
        NoSuchCustomer,
        CustomerBlocked,
        RewardUnknown,
        RewardWithdrawn,
        RewardNotOpen,
        RewardSoldOut,
        RewardLimitReached,
        InsufficientPoints,
    ),
    openapi_extra=MONEY_LIKE,
)
def create(wish: RedemptionRequest, db: Transaction, caller: CurrentCaller, now: Now) -> RedemptionReceipt:
    """Exchange points for a reward."""
    redeemed = redeem_reward(
        db,
        caller.tenant_id,
        CustomerId(wish.customer_id),
        wish.reward_id,
        at=now,
        trace=caller.request_id or None,
    )
    document = redemption_document(find_redemption(db, caller.tenant_id, redeemed.redemption.id))
    return RedemptionReceipt(**document.model_dump(), balance_after=redeemed.balance)


@router.get("/redemptions", dependencies=[needs("rewards:read")], responses=problems())
def read_open(page: PageAsked, db: Transaction, caller: CurrentCaller) -> Page[RedemptionDocument]:
    """Goods still to be prepared, shipped or handed over, the oldest first."""
    rows = redemptions_to_do(db, caller.tenant_id, after=page.after, limit=page.rows_max)
    return page.of(with_details(db, caller.tenant_id, rows), redemption_document, lambda found: found.row.id)


@router.get("/redemptions/{redemption_id}", dependencies=[needs("rewards:read")], responses=problems(RedemptionUnknown))
def read_one(redemption_id: str, db: Transaction, caller: CurrentCaller) -> RedemptionDocument:
    """One redemption."""
    return redemption_document(find_redemption(db, caller.tenant_id, redemption_id))


@router.post(
    "/redemptions/{redemption_id}/steps",
    dependencies=[needs("rewards:write")],
    responses=problems(RedemptionUnknown, RedemptionClosed),
    openapi_extra=MONEY_LIKE,
)
def take_step(
    redemption_id: str, wish: StepRequest, db: Transaction, caller: CurrentCaller, now: Now
) -> RedemptionDocument:
    """Say that a redemption was prepared, shipped or handed over; or cancel it, and the points come back."""
    move_redemption(
        db,
        caller.tenant_id,
        redemption_id,
        wish.status,
        actor=caller.actor,
        note=wish.note,
        at=now,
        trace=caller.request_id or None,
    )
    return redemption_document(find_redemption(db, caller.tenant_id, redemption_id))


@router.get(
    "/customers/{customer_id}/redemptions", dependencies=[needs("rewards:read")], responses=problems(NoSuchCustomer)
)
def read_of_customer(
    customer_id: KnownCustomer,
    page: PageAsked,
    db: Transaction,
    caller: CurrentCaller,
) -> Page[RedemptionDocument]:
    """What the customer took, the newest first."""
    rows = redemptions_of(db, caller.tenant_id, customer_id, after=page.after, limit=page.rows_max)
    return page.of(with_details(db, caller.tenant_id, rows), redemption_document, lambda found: found.row.id)


def redemption_document(found: RedemptionDetails) -> RedemptionDocument:
    """A redemption as it is answered."""
    row, voucher = found.row, found.voucher
    receipt = voucher and VoucherReceipt(
        id=voucher.id, code=voucher.code, code_displayed=displayed(voucher.code), valid_until=voucher.valid_until
    )
    return RedemptionDocument(
        id=row.id,
        customer_id=row.customer_id,
        reward_id=row.reward_id,
        unit=row.unit,
        price=row.price,
        status=row.status,
        automatic=row.automatic,
        steps=[StepDocument.model_validate(step) for step in found.steps],
        voucher=receipt,
        recorded_at=row.recorded_at,
    )
