"""Experiments: what the customers of each share did whom a rule was, or was not, for."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Path, Query
from pydantic import BaseModel, Field

from chassis.web.caller import CurrentCaller, needs
from chassis.web.problem_responses import problems
from chassis.web.transaction import Now, Transaction, TransactionRoute
from kernel.points import Rounding, rounded
from services.loyalty.domain.experiment import Difference, arms_of, difference
from services.loyalty.domain.program import ProgramDocument
from services.loyalty.domain.refusals.programs import ExperimentUnknown, VersionUnknown
from services.loyalty.domain.written import Moment
from services.loyalty.queries.experiments import ArmFigures, figures_of
from services.loyalty.queries.programs import find_version

router = APIRouter(prefix="/v1", tags=["programs"], route_class=TransactionRoute)

Experiment = Annotated[str, Path(min_length=1, max_length=100)]


class DifferenceDocument(BaseModel):
    """How much more a customer spent than one of the first arm, in minor units, and the 95 % interval of it."""

    per_customer: int
    low: int
    high: int
    distinguishable: bool = Field(description="Whether the interval leaves out zero.")


class ArmDocument(BaseModel):
    """One arm. Money in minor units; `spent_per_customer` counts those who bought nothing too."""

    from_percent: int
    until_percent: int
    rules: list[str] = Field(description="The rules that are for this arm and not for everyone.")
    customers: int
    buyers: int
    purchases: int
    spent: int
    discount: int
    spent_per_customer: int | None
    against_first: DifferenceDocument | None = Field(
        description="Null for the first arm, and while one of the two has too few customers to say."
    )


class ExperimentDocument(BaseModel):
    """An experiment's arms, which together are all customers."""

    object: str = "experiment"
    experiment: str
    program_id: str
    version: int
    currency: str
    since: datetime
    until: datetime
    arms: list[ArmDocument]


@router.get(
    "/programs/{program_id}/versions/{version}/experiments/{experiment}",
    dependencies=[needs("programs:read")],
    responses=problems(VersionUnknown, ExperimentUnknown),
)
def read_experiment(
    program_id: str,
    version: int,
    experiment: Experiment,
    db: Transaction,
    caller: CurrentCaller,
    now: Now,
    since: Annotated[Moment, Query()],
    until: Annotated[Moment | None, Query(description="Now, when not said.")] = None,
) -> ExperimentDocument:
    """What the customers of each share bought, and whether the difference is more than chance."""
    found = find_version(db, caller.tenant_id, program_id, version)
    document = ProgramDocument.model_validate_json(found.document)
    arms = arms_of(experiment, document.rules)
    if not arms:
        raise ExperimentUnknown
    until = until or now
    figures = figures_of(db, caller.tenant_id, program_id, experiment, arms, since=since, until=until)
    return ExperimentDocument(
        experiment=experiment,
        program_id=program_id,
        version=version,
        currency=document.currency,
        since=since,
        until=until,
        arms=[arm_document(each, figures[0]) for each in figures],
    )


def arm_document(figures: ArmFigures, first: ArmFigures) -> ArmDocument:
    """An arm beside the first one."""
    mean = figures.spending.mean
    found = None if figures is first else difference(figures.spending, first.spending)
    return ArmDocument(
        from_percent=figures.arm.from_percent,
        until_percent=figures.arm.until_percent,
        rules=list(figures.arm.rules),
        customers=figures.spending.customers,
        buyers=figures.buyers,
        purchases=figures.purchases,
        spent=figures.spending.total,
        discount=figures.discount,
        spent_per_customer=None if mean is None else rounded(mean, Rounding.HALF_UP),
        against_first=found and difference_document(found),
    )


def difference_document(found: Difference) -> DifferenceDocument:
    """A difference in whole minor units."""
    return DifferenceDocument(
        per_customer=round(found.mean),
        low=round(found.low),
        high=round(found.high),
        distinguishable=found.distinguishable,
    )
