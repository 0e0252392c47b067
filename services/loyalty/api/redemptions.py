"""Redemptions: points exchanged for a reward, given as a voucher."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field

from chassis.caller import CurrentCaller, needs
from chassis.problem_responses import problems
from chassis.transaction import MONEY_LIKE, Now, Transaction, TransactionRoute
from kernel.ids import CustomerId
from services.loyalty.domain.refusals import (
    CustomerBlocked,
    InsufficientPoints,
    NoSuchCustomer,
    RedemptionUnknown,
    RewardUnknown,
    RewardWithdrawn,
)
from services.loyalty.domain.voucher_code import displayed
from services.loyalty.operations.redeem_reward import redeem_reward
from services.loyalty.queries.rewards import find_redemption

router = APIRouter(prefix="/v1", tags=["rewards"], route_class=TransactionRoute)


class RedemptionRequest(BaseModel):
    """Who takes which reward."""

    model_config = ConfigDict(extra="forbid")

    customer_id: Annotated[str, Field(min_length=1, max_length=64)]
    reward_id: Annotated[str, Field(min_length=1, max_length=64)]


class VoucherReceipt(BaseModel):
    """The voucher that was given."""

    id: str
    code: str
    code_displayed: str
    valid_until: datetime | None


class RedemptionDocument(BaseModel):
    """A reward taken: what it cost, and its voucher."""

    object: str = "redemption"
    id: str
    customer_id: str
    reward_id: str
    unit: str
    price: int
    voucher: VoucherReceipt
    recorded_at: datetime


class RedemptionReceipt(RedemptionDocument):
    """A redemption just made, with the wallet's balance after it."""

    balance_after: int


@router.post(
    "/redemptions",
    status_code=201,
    dependencies=[needs("rewards:write")],
    responses=problems(NoSuchCustomer, CustomerBlocked, RewardUnknown, RewardWithdrawn, InsufficientPoints),
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
    row = redeemed.redemption
    return RedemptionReceipt(
        id=row.id,
        customer_id=row.customer_id,
        reward_id=row.reward_id,
        unit=row.unit,
        price=row.price,
        voucher=VoucherReceipt(
            id=row.voucher_id,
            code=redeemed.code,
            code_displayed=displayed(redeemed.code),
            valid_until=redeemed.valid_until,
        ),
        recorded_at=row.recorded_at,
        balance_after=redeemed.balance,
    )


@router.get("/redemptions/{redemption_id}", dependencies=[needs("rewards:read")], responses=problems(RedemptionUnknown))
def read_one(redemption_id: str, db: Transaction, caller: CurrentCaller) -> RedemptionDocument:
    """One redemption."""
    row, voucher = find_redemption(db, caller.tenant_id, redemption_id)
    return RedemptionDocument(
        id=row.id,
        customer_id=row.customer_id,
        reward_id=row.reward_id,
        unit=row.unit,
        price=row.price,
        voucher=VoucherReceipt(
            id=voucher.id,
            code=voucher.code,
            code_displayed=displayed(voucher.code),
            valid_until=voucher.valid_until,
        ),
        recorded_at=row.recorded_at,
    )
