"""Challenges: how far a customer is."""

from datetime import date, datetime
from typing import Annotated

from fastapi import APIRouter
from pydantic import BaseModel, Field

from chassis.web.caller import CurrentCaller, needs
from chassis.web.problem_responses import problems
from chassis.web.transaction import Now, Transaction, TransactionRoute
from services.loyalty.api.known_customers import KnownCustomer
from services.loyalty.domain.misses import MissUnit
from services.loyalty.domain.refusals.customers import NoSuchCustomer
from services.loyalty.queries.challenges import ChallengeStanding, challenges_now

router = APIRouter(prefix="/v1/customers/{customer_id}/challenges", tags=["challenges"], route_class=TransactionRoute)

Amount = Annotated[
    int, Field(description="Visits, minor units of money, articles, different kinds of them, or units of a wallet.")
]


class StreakDocument(BaseModel):
    """In how many periods in a row the goal was reached, of how many that it takes."""

    done: int
    needed: int


class ChallengeDocument(BaseModel):
    """A challenge of the live program, and where the customer stands in its period of now.

    `gave` says that it gives nothing more in this period, or at all where it gives once. Without a period, `starts_on`
    and `ends_at` are null.
    """

    object: str = "challenge"
    id: str
    name: dict[str, str]
    unit: MissUnit
    currency: str | None = Field(description="Of the money that is counted; null where nothing of it is.")
    wallet: str | None = Field(description="The unit of the wallet that is counted; null where none is.")
    goal: Amount
    done: Amount
    to_go: Amount
    gave: bool
    per: str
    starts_on: date | None
    ends_at: datetime | None
    streak: StreakDocument | None = Field(description="Null where one period is enough.")


class Challenges(BaseModel):
    """All of them, on one page."""

    object: str = "list"
    data: list[ChallengeDocument]
    next_cursor: str | None = None
    has_more: bool = False


@router.get("", dependencies=[needs("points:read")], responses=problems(NoSuchCustomer))
def read(customer_id: KnownCustomer, db: Transaction, caller: CurrentCaller, now: Now) -> Challenges:
    """Where the customer stands in each challenge that runs today."""
    found = challenges_now(db, caller.tenant_id, customer_id, at=now)
    return Challenges(data=[challenge_document(each) for each in found])


def challenge_document(standing: ChallengeStanding) -> ChallengeDocument:
    """A challenge as it is answered."""
    rule, goal = standing.challenge, standing.challenge.goal
    return ChallengeDocument(
        id=rule.id,
        name=rule.name.model_dump(),
        unit=goal.unit,
        currency=standing.currency if goal.unit == "money" else None,
        wallet=standing.wallet,
        goal=goal.at_least,
        done=standing.done,
        to_go=max(goal.at_least - standing.done, 0),
        gave=standing.gave,
        per=rule.per,
        starts_on=standing.starts_on,
        ends_at=standing.ends_at,
        streak=StreakDocument(done=standing.row, needed=rule.in_a_row) if rule.in_a_row > 1 else None,
    )
