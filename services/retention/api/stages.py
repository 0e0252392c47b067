"""Where customers stand."""

from datetime import UTC, date, datetime
from typing import Literal

from fastapi import APIRouter
from pydantic import BaseModel, Field

from chassis.web.caller import CurrentCaller, needs
from chassis.web.problem_responses import problems
from chassis.web.transaction import Transaction, TransactionRoute
from kernel.ids import CustomerId
from kernel.language import Language
from services.retention.api.moment import AsOf
from services.retention.domain.reason import reason_for
from services.retention.domain.refusals import CustomerNotFound, MomentInFuture, TenantNotReady
from services.retention.domain.rhythm import Rhythm, gap_text
from services.retention.domain.stage import Basis, Stage, Standing
from services.retention.queries.standings import standing, standings
from services.retention.queries.time_zone import time_zone

router = APIRouter(route_class=TransactionRoute, tags=["retention"])


class StagesAnswer(BaseModel):
    """How many customers are in which stage."""

    object: Literal["retention_stages"] = "retention_stages"
    as_of: datetime
    customers: dict[Stage, int]
    usual_gap_days: str | None = Field(description="What is usual among them; null when nobody has a rhythm yet.")


class RhythmAnswer(BaseModel):
    """A customer's visits; several receipts of one day are one visit."""

    visits: int
    first_on: date
    last_on: date
    gap_days: str | None = Field(description="Their own median gap; null below three visits.", examples=["7.5"])


class YardstickAnswer(BaseModel):
    """The gap by which a silence is judged, and whose it is."""

    gap_days: str
    basis: Basis


class StageAnswer(BaseModel):
    """Where one customer stands, and why."""

    object: Literal["customer_stage"] = "customer_stage"
    customer_id: CustomerId
    as_of: datetime
    stage: Stage
    reason: str = Field(description="In the language asked for.")
    days_since: int | None
    lateness: str | None = Field(description="`days_since` in gaps of the yardstick.", examples=["2.13"])
    yardstick: YardstickAnswer | None
    rhythm: RhythmAnswer | None


@router.get(
    "/v1/retention/stages",
    dependencies=[needs("retention:read")],
    responses=problems(MomentInFuture, TenantNotReady),
)
def get_retention_stages(as_of: AsOf, db: Transaction, caller: CurrentCaller) -> StagesAnswer:
    """How many customers are prospects, new, active, slipping, lapsed or won back."""
    found = standings(db, caller.tenant_id, time_zone(db, caller.tenant_id), at=as_of)
    return StagesAnswer(
        as_of=as_of.astimezone(UTC),
        customers=dict(found.customers),
        usual_gap_days=None if found.usual_gap is None else gap_text(found.usual_gap),
    )


@router.get(
    "/v1/customers/{customer_id}/stage",
    dependencies=[needs("retention:read")],
    responses=problems(CustomerNotFound, MomentInFuture, TenantNotReady),
)
def get_customer_stage(customer_id: CustomerId, as_of: AsOf, db: Transaction, caller: CurrentCaller) -> StageAnswer:
    """Where one customer stands by their own rhythm, and why."""
    zone = time_zone(db, caller.tenant_id)
    judged, rhythm = standing(db, caller.tenant_id, customer_id, zone, at=as_of)
    return stage_answer(customer_id, judged, rhythm, as_of, caller.language)


def stage_answer(
    customer_id: CustomerId, judged: Standing, rhythm: Rhythm | None, as_of: datetime, language: Language
) -> StageAnswer:
    """A standing as the API shows it."""
    yardstick = judged.yardstick
    return StageAnswer(
        customer_id=customer_id,
        as_of=as_of.astimezone(UTC),
        stage=judged.stage,
        reason=reason_for(judged, rhythm, language),
        days_since=judged.days_since,
        lateness=judged.lateness.decimal,
        yardstick=yardstick and YardstickAnswer(gap_days=gap_text(yardstick.gap), basis=yardstick.basis),
        rhythm=rhythm and rhythm_answer(rhythm),
    )


def rhythm_answer(rhythm: Rhythm) -> RhythmAnswer:
    """A rhythm as the API shows it."""
    return RhythmAnswer(
        visits=rhythm.visits,
        first_on=rhythm.first_on,
        last_on=rhythm.last_on,
        gap_days=None if rhythm.gap is None else gap_text(rhythm.gap),
    )
