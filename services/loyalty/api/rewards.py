"""Rewards: the catalogue."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Request
from pydantic import BaseModel, ConfigDict, Field

from chassis.caller import CurrentCaller, needs
from chassis.pages import LIMIT_DEFAULT, Limit, Page, page_of, place_after
from chassis.problem_responses import problems
from chassis.transaction import Now, Transaction, TransactionRoute
from kernel.points import Points
from services.loyalty.domain.refusals import RewardUnknown
from services.loyalty.domain.reward import Reward
from services.loyalty.operations.apply_effects import REWARD
from services.loyalty.operations.create_reward import create_reward
from services.loyalty.operations.withdraw_reward import withdraw_reward
from services.loyalty.queries.rewards import find_reward, rewards_of
from services.loyalty.tables.rewards import RewardRow

UNITS_MAX = 10**12

router = APIRouter(prefix="/v1", tags=["rewards"], route_class=TransactionRoute)

WalletUnit = Annotated[str, Field(pattern=r"^[A-Za-z][A-Za-z0-9_]{0,31}$")]


class RewardRequest(BaseModel):
    """What points are exchanged for: `price` units buy a voucher for the benefit."""

    model_config = ConfigDict(extra="forbid")

    price: Annotated[int, Field(ge=1, le=UNITS_MAX)]
    unit: WalletUnit = "points"
    benefit: Reward


class RewardDetails(BaseModel):
    """A reward of the catalogue. `status` is available or withdrawn."""

    object: str = "reward"
    id: str
    unit: str
    price: int
    benefit: Reward
    status: str
    created_at: datetime


@router.post("/rewards", status_code=201, dependencies=[needs("rewards:write")], responses=problems())
def create(wish: RewardRequest, db: Transaction, caller: CurrentCaller, now: Now) -> RewardDetails:
    """Offer a reward."""
    reward = create_reward(db, caller.tenant_id, wish.benefit, unit=wish.unit, price=Points(wish.price), at=now)
    return reward_details(reward)


@router.get("/rewards", dependencies=[needs("rewards:read")], responses=problems())
def read_all(
    request: Request, db: Transaction, caller: CurrentCaller, limit: Limit = LIMIT_DEFAULT, cursor: str | None = None
) -> Page[RewardDetails]:
    """The rewards that can be taken, the oldest first."""
    rewards = rewards_of(db, caller.tenant_id, after=place_after(request, cursor), limit=limit + 1)
    return page_of(request, rewards, limit, lambda reward: reward.id, reward_details)


@router.get("/rewards/{reward_id}", dependencies=[needs("rewards:read")], responses=problems(RewardUnknown))
def read_one(reward_id: str, db: Transaction, caller: CurrentCaller) -> RewardDetails:
    """One reward."""
    return reward_details(find_reward(db, caller.tenant_id, reward_id))


@router.post("/rewards/{reward_id}/withdraw", dependencies=[needs("rewards:write")], responses=problems(RewardUnknown))
def withdraw(reward_id: str, db: Transaction, caller: CurrentCaller) -> RewardDetails:
    """Offer a reward no more. Vouchers given for it stay good."""
    return reward_details(withdraw_reward(db, caller.tenant_id, reward_id))


def reward_details(reward: RewardRow) -> RewardDetails:
    """A reward as it is answered."""
    return RewardDetails(
        id=reward.id,
        unit=reward.unit,
        price=reward.price,
        benefit=REWARD.validate_json(reward.benefit),
        status=reward.status,
        created_at=reward.created_at,
    )
