"""The figures of a period."""

from datetime import UTC, date, datetime
from typing import Annotated, Literal

from fastapi import APIRouter, Query
from pydantic import BaseModel, Field

from chassis.web.caller import CurrentCaller, needs
from chassis.web.problem_responses import problems
from chassis.web.transaction import Transaction, TransactionRoute
from services.retention.api.moment import AsOf
from services.retention.domain import figures
from services.retention.domain.figures import Counts
from services.retention.domain.period import Period, period_of
from services.retention.domain.ratio import Ratio
from services.retention.domain.refusals import InvalidPeriod, MomentInFuture, TenantNotReady
from services.retention.queries.period_counts import period_counts
from services.retention.queries.time_zone import time_zone

router = APIRouter(route_class=TransactionRoute, tags=["retention"])

FirstDay = Annotated[date, Query(alias="from", description="First day, in the tenant's time zone.")]
LastDay = Annotated[date, Query(alias="to", description="Last day, included.")]


class PeriodAnswer(BaseModel):
    """The days asked for, and the moments at which they begin and end."""

    first_on: date
    last_on: date
    days: int
    time_zone: str
    starts_at: datetime
    ends_at: datetime = Field(description="The first moment after the period.")
    complete: bool = Field(
        description="Whether it was over at `as_of`. While it is not, who has not come yet may still."
    )


class CountAnswer(BaseModel):
    """A number of customers, and the formula it has in the documentation."""

    formula: str
    customers: int


class RateAnswer(BaseModel):
    """A share, exactly and rounded; `percent` is null when there was nobody to judge by."""

    formula: str
    numerator: int
    denominator: int
    percent: str | None = Field(examples=["83.33"])


class AverageAnswer(BaseModel):
    """An average in days, exactly and rounded; `days` is null when there was nothing to average."""

    formula: str
    numerator: int
    denominator: int
    days: str | None = Field(examples=["7.50"])


class FiguresAnswer(BaseModel):
    """What a period says of the tenant's customers."""

    object: Literal["retention_figures"] = "retention_figures"
    as_of: datetime
    period: PeriodAnswer
    customers_at_start: CountAnswer
    customers_active: CountAnswer
    customers_new: CountAnswer
    customers_first_time: CountAnswer
    customers_returned: CountAnswer
    retention_rate: RateAnswer
    churn_rate: RateAnswer
    repeat_rate: RateAnswer
    gap_average: AverageAnswer


@router.get(
    "/v1/retention/figures",
    dependencies=[needs("retention:read")],
    responses=problems(InvalidPeriod, MomentInFuture, TenantNotReady),
)
def get_retention_figures(
    first_on: FirstDay, last_on: LastDay, as_of: AsOf, db: Transaction, caller: CurrentCaller
) -> FiguresAnswer:
    """Who was kept, who was lost, who is new, and how often they come."""
    period = period_of(first_on, last_on, time_zone(db, caller.tenant_id))
    return figures_answer(period, period_counts(db, caller.tenant_id, period, at=as_of), as_of)


def figures_answer(period: Period, counts: Counts, as_of: datetime) -> FiguresAnswer:
    """The figures with their formulas."""
    return FiguresAnswer(
        as_of=as_of.astimezone(UTC),
        period=period_answer(period, as_of),
        customers_at_start=CountAnswer(formula="S", customers=counts.at_start),
        customers_active=CountAnswer(formula="E", customers=figures.customers_active(counts)),
        customers_new=CountAnswer(formula="N = first time + returned", customers=figures.customers_new(counts)),
        customers_first_time=CountAnswer(formula="first time", customers=counts.first_time),
        customers_returned=CountAnswer(formula="returned", customers=counts.returned),
        retention_rate=rate_answer("(E - N) / S", figures.retention_rate(counts)),
        churn_rate=rate_answer("1 - (E - N) / S", figures.churn_rate(counts)),
        repeat_rate=rate_answer("came on two days or more / E", figures.repeat_rate(counts)),
        gap_average=average_answer("days between visits / gaps", figures.gap_average(counts)),
    )


def period_answer(period: Period, as_of: datetime) -> PeriodAnswer:
    """The period as the API shows it."""
    return PeriodAnswer(
        first_on=period.first_on,
        last_on=period.last_on,
        days=period.days,
        time_zone=period.zone.key,
        starts_at=period.starts_at,
        ends_at=period.ends_at,
        complete=as_of >= period.ends_at,
    )


def rate_answer(formula: str, ratio: Ratio) -> RateAnswer:
    """A ratio as a share of a hundred."""
    return RateAnswer(formula=formula, numerator=ratio.numerator, denominator=ratio.denominator, percent=ratio.percent)


def average_answer(formula: str, ratio: Ratio) -> AverageAnswer:
    """A ratio as a number of days."""
    return AverageAnswer(formula=formula, numerator=ratio.numerator, denominator=ratio.denominator, days=ratio.decimal)
