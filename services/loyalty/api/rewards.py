"""Rewards: the catalogue."""

from datetime import date, datetime
from typing import Annotated

from fastapi import APIRouter, Response
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from chassis.web.caller import CurrentCaller, needs
from chassis.web.etags import ExpectedVersion, IfMatchRequired, VersionStale, etag
from chassis.web.pages import Page, PageAsked
from chassis.web.problem_responses import problems
from chassis.web.transaction import Now, Transaction, TransactionRoute
from services.loyalty.domain.local_day import local_date
from services.loyalty.domain.offer import COUNT_MAX, Automatic, Offer, OfferLimit, Price, WalletUnit
from services.loyalty.domain.refusals.rewards import RewardUnknown
from services.loyalty.domain.reward import Benefit
from services.loyalty.domain.rules.rule import RuleId
from services.loyalty.domain.tier import TIERS_MAX
from services.loyalty.domain.written import Day
from services.loyalty.operations.create_reward import create_reward
from services.loyalty.operations.update_reward import update_reward
from services.loyalty.operations.withdraw_reward import withdraw_reward
from services.loyalty.queries.rewards import find_reward, offer_of, rewards_of
from services.loyalty.queries.zone import zone_of
from services.loyalty.tables.rewards import RewardRow

router = APIRouter(prefix="/v1", tags=["rewards"], route_class=TransactionRoute)


class RewardChange(BaseModel):
    """What is different now. Fields that are away stay as they are; null takes a bound away, or `automatic`."""

    model_config = ConfigDict(extra="forbid")

    price: Price | None = None
    tier_prices: Annotated[dict[RuleId, Price], Field(max_length=TIERS_MAX)] | None = None
    unit: WalletUnit | None = None
    benefit: Benefit | None = None
    stock: Annotated[int, Field(strict=True, ge=0, le=COUNT_MAX)] | None = None
    limits: Annotated[tuple[OfferLimit, ...], Field(max_length=10)] | None = None
    starts_on: Day | None = None
    ends_on: Day | None = None
    automatic: Automatic | None = None


class RewardDetails(BaseModel):
    """A reward of the catalogue. `status` is available or withdrawn; `left` is null where there is no end to it."""

    object: str = "reward"
    id: str
    unit: str
    price: int
    tier_prices: dict[str, int]
    benefit: Benefit
    stock: int | None
    taken: int
    left: int | None
    limits: list[OfferLimit]
    starts_on: date | None
    ends_on: date | None
    automatic: Automatic | None
    status: str
    version: int
    created_at: datetime


@router.post("/rewards", status_code=201, dependencies=[needs("rewards:write")], responses=problems())
def create(offer: Offer, db: Transaction, caller: CurrentCaller, now: Now, response: Response) -> RewardDetails:
    """Offer a reward."""
    return reward_details(create_reward(db, caller.tenant_id, offer, at=now), response)


@router.get("/rewards", dependencies=[needs("rewards:read")], responses=problems())
def read_all(
    page: PageAsked,
    db: Transaction,
    caller: CurrentCaller,
    now: Now,
) -> Page[RewardDetails]:
    """The rewards that are offered today, the oldest first; those that are sold out with `left` 0."""
    today = local_date(now, zone_of(db, caller.tenant_id))
    rewards = rewards_of(db, caller.tenant_id, today=today, after=page.after, limit=page.rows_max)
    return page.of(rewards, reward_details)


@router.get("/rewards/{reward_id}", dependencies=[needs("rewards:read")], responses=problems(RewardUnknown))
def read_one(reward_id: str, db: Transaction, caller: CurrentCaller) -> RewardDetails:
    """One reward. Its `version` in quotes is what a change names as `If-Match`."""
    return reward_details(find_reward(db, caller.tenant_id, reward_id))


@router.patch(
    "/rewards/{reward_id}",
    dependencies=[needs("rewards:write")],
    responses=problems(RewardUnknown, IfMatchRequired, VersionStale),
)
def change(
    reward_id: str,
    wish: RewardChange,
    expected: ExpectedVersion,
    db: Transaction,
    caller: CurrentCaller,
    response: Response,
) -> RewardDetails:
    """Change an offer, if it is still the version you read. What was taken before stays as it was taken."""
    # As JSON would have it, so that the fields are read once more together with those that stay.
    given = wish.model_dump(exclude_unset=True)
    try:
        reward = update_reward(db, caller.tenant_id, reward_id, given, expected_version=expected)
    except ValidationError as error:
        raise RequestValidationError(error.errors(include_context=False)) from error
    return reward_details(reward, response)


@router.post("/rewards/{reward_id}/withdraw", dependencies=[needs("rewards:write")], responses=problems(RewardUnknown))
def withdraw(reward_id: str, db: Transaction, caller: CurrentCaller, response: Response) -> RewardDetails:
    """Offer a reward no more. Vouchers given for it stay good."""
    return reward_details(withdraw_reward(db, caller.tenant_id, reward_id), response)


def reward_details(reward: RewardRow, response: Response | None = None) -> RewardDetails:
    """A reward as it is answered, its version as the answer's ETag."""
    if response is not None:
        response.headers["ETag"] = etag(reward.version)
    offer = offer_of(reward)
    return RewardDetails(
        id=reward.id,
        unit=offer.unit,
        price=offer.price,
        tier_prices=offer.tier_prices,
        benefit=offer.benefit,
        stock=offer.stock,
        taken=reward.taken,
        left=None if offer.stock is None else max(0, offer.stock - reward.taken),
        limits=list(offer.limits),
        starts_on=offer.starts_on,
        ends_on=offer.ends_on,
        automatic=offer.automatic,
        status=reward.status,
        version=reward.version,
        created_at=reward.created_at,
    )
