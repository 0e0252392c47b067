"""Rewards that are taken by themselves: who waits for one, and who does not want it."""

from datetime import datetime

from fastapi import APIRouter, Request
from pydantic import BaseModel, ConfigDict, Field

from chassis.web.caller import CurrentCaller, needs
from chassis.web.pages import LIMIT_DEFAULT, Limit, Page, page_of, place_after
from chassis.web.problem_responses import problems
from chassis.web.transaction import Now, Transaction, TransactionRoute
from services.loyalty.api.known_customers import KnownCustomer
from services.loyalty.domain.refusals.customers import NoSuchCustomer
from services.loyalty.domain.refusals.rewards import RewardUnknown
from services.loyalty.operations.allow_automatic import allow_automatic
from services.loyalty.queries.automatic import opted_out, waits_of
from services.loyalty.queries.rewards import find_reward
from services.loyalty.tables.automatic import AutomaticWaitRow

router = APIRouter(prefix="/v1", tags=["rewards"], route_class=TransactionRoute)


class AutomaticWish(BaseModel):
    """Whether rewards may be taken by themselves for a customer."""

    model_config = ConfigDict(extra="forbid")

    allowed: bool = Field(strict=True)


class AutomaticDocument(BaseModel):
    """Whether rewards are taken by themselves for a customer."""

    object: str = "automatic_redemptions"
    customer_id: str
    allowed: bool


class WaitDocument(BaseModel):
    """A customer who has enough and did not get the reward, and when to look again.

    `why` is not_spendable, limit_reached, customer_blocked, or daily_stop: they got as many as they may in a day.
    """

    object: str = "automatic_wait"
    customer_id: str
    why: str
    look_at: datetime


@router.get("/rewards/{reward_id}/waiting", dependencies=[needs("rewards:read")], responses=problems(RewardUnknown))
def read_waiting(
    reward_id: str,
    request: Request,
    db: Transaction,
    caller: CurrentCaller,
    limit: Limit = LIMIT_DEFAULT,
    cursor: str | None = None,
) -> Page[WaitDocument]:
    """Who has enough for a reward that is taken by itself, and did not get it: why, and when to look again."""
    find_reward(db, caller.tenant_id, reward_id)
    waits = waits_of(db, caller.tenant_id, reward_id, after=place_after(request, cursor), limit=limit + 1)
    return page_of(request, waits, limit, lambda wait: wait.customer_id, wait_document)


@router.get(
    "/customers/{customer_id}/automatic_redemptions",
    dependencies=[needs("rewards:read")],
    responses=problems(NoSuchCustomer),
)
def read(customer_id: KnownCustomer, db: Transaction, caller: CurrentCaller) -> AutomaticDocument:
    """Whether rewards are taken by themselves for the customer."""
    return AutomaticDocument(customer_id=customer_id, allowed=not opted_out(db, caller.tenant_id, customer_id))


@router.put(
    "/customers/{customer_id}/automatic_redemptions",
    dependencies=[needs("customers:write")],
    responses=problems(NoSuchCustomer),
)
def allow(
    customer_id: KnownCustomer, wish: AutomaticWish, db: Transaction, caller: CurrentCaller, now: Now
) -> AutomaticDocument:
    """Let rewards be taken by themselves for the customer, or not. Again changes nothing."""
    allow_automatic(db, caller.tenant_id, customer_id, allowed=wish.allowed, at=now)
    return AutomaticDocument(customer_id=customer_id, allowed=wish.allowed)


def wait_document(wait: AutomaticWaitRow) -> WaitDocument:
    """A wait as it is answered."""
    return WaitDocument(customer_id=wait.customer_id, why=wait.why, look_at=wait.look_at)
