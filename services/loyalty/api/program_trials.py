"""Versions of programs before they are live: compared, and tried on a basket."""

from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from pydantic import BaseModel, ConfigDict, Field

from chassis.web.caller import CurrentCaller, needs
from chassis.web.problem_responses import problems
from chassis.web.transaction import Now, Transaction, TransactionRoute
from services.loyalty.api.newcomers import introduce_customers
from services.loyalty.api.purchase_documents import (
    EffectDocument,
    MissDocument,
    TotalsDocument,
    effect_documents,
    miss_documents,
)
from services.loyalty.api.quotes import QuotedBasket
from services.loyalty.domain.activity import Activity
from services.loyalty.domain.diff_wording import diff_texts
from services.loyalty.domain.name import Name
from services.loyalty.domain.program import ProgramDocument
from services.loyalty.domain.program_diff import program_diff
from services.loyalty.domain.refusals.customers import CustomerBlocked, CustomerUnknown
from services.loyalty.domain.refusals.programs import RuleUnknown, VersionUnknown
from services.loyalty.domain.refusals.purchases import CurrencyMismatch
from services.loyalty.domain.rules.rule import RuleId
from services.loyalty.domain.written import Moment
from services.loyalty.operations.rehearse_activity import rehearse_activity
from services.loyalty.operations.rehearse_basket import rehearse_basket
from services.loyalty.queries.programs import find_version

router = APIRouter(prefix="/v1", tags=["programs"], route_class=TransactionRoute)


class FieldChangeDocument(BaseModel):
    """A field that says something else, by its path from the rule or the terms. Values are as in the documents."""

    model_config = ConfigDict(from_attributes=True)

    path: str
    before: Any
    after: Any


class RuleChangeDocument(BaseModel):
    """A rule that is added, removed or changed."""

    model_config = ConfigDict(from_attributes=True)

    rule: str
    kind: str
    name: Name
    change: str
    fields: list[FieldChangeDocument]


class DiffDocument(BaseModel):
    """What a version says that another does not. `texts` are the same changes in the language asked for."""

    object: str = "program_diff"
    program_id: str
    version: int
    against: int
    terms: list[FieldChangeDocument]
    rules: list[RuleChangeDocument]
    reordered: bool
    texts: list[str]


class DryRunRequest(BaseModel):
    """A basket to try a version on: now or `at` another moment, and without some of its rules."""

    model_config = ConfigDict(extra="forbid")

    basket: QuotedBasket
    at: Moment | None = None
    without_rules: Annotated[list[RuleId], Field(max_length=100)] = []


class DryRunDocument(BaseModel):
    """What the version would make of the basket. Amounts in minor units of `currency`."""

    object: str = "dry_run"
    program_id: str
    version: int
    at: datetime
    currency: str
    totals: TotalsDocument
    effects: list[EffectDocument]
    misses: list[MissDocument]


class ActivityDryRunRequest(BaseModel):
    """An activity to try a version on, at its own moment or `at` another, and without some of its rules."""

    model_config = ConfigDict(extra="forbid")

    activity: Activity
    at: Moment | None = None
    without_rules: Annotated[list[RuleId], Field(max_length=100)] = []


class ActivityDryRunDocument(BaseModel):
    """What the version would give for the activity."""

    object: str = "activity_dry_run"
    program_id: str
    version: int
    at: datetime
    effects: list[EffectDocument]
    misses: list[MissDocument]


@router.get(
    "/programs/{program_id}/versions/{version}/diff",
    dependencies=[needs("programs:read")],
    responses=problems(VersionUnknown),
)
def compare(
    program_id: str,
    version: int,
    db: Transaction,
    caller: CurrentCaller,
    against: Annotated[int, Query(ge=1, description="The version to compare with, of the same program.")],
) -> DiffDocument:
    """What a version says that another one does not, rule by rule."""
    before, after = [
        ProgramDocument.model_validate_json(find_version(db, caller.tenant_id, program_id, number).document)
        for number in (against, version)
    ]
    diff = program_diff(before, after)
    return DiffDocument(
        program_id=program_id,
        version=version,
        against=against,
        terms=[FieldChangeDocument.model_validate(change) for change in diff.terms],
        rules=[RuleChangeDocument.model_validate(change) for change in diff.rules],
        reordered=diff.reordered,
        texts=diff_texts(diff, caller.language),
    )


@router.post(
    "/programs/{program_id}/versions/{version}/dry_run",
    dependencies=[needs("programs:read")],
    responses=problems(VersionUnknown, RuleUnknown, CustomerUnknown, CustomerBlocked, CurrencyMismatch),
)
def dry_run(
    program_id: str,
    version: int,
    wish: DryRunRequest,
    request: Request,
    db: Transaction,
    caller: CurrentCaller,
    now: Now,
) -> DryRunDocument:
    """Try a version, live or not, on a basket, at this moment or another. Nothing changes."""
    introduce_customers(request, db, caller, wish.basket.customer_id)
    at = wish.at or now
    decided, program = rehearse_basket(
        db, caller.tenant_id, program_id, version, wish.basket, without=wish.without_rules, at=at
    )
    return DryRunDocument.model_validate(
        {
            "program_id": program_id,
            "version": version,
            "at": at,
            "currency": wish.basket.currency,
            "totals": TotalsDocument.model_validate(decided.totals, from_attributes=True),
            "effects": effect_documents(decided.effects, program, caller.language),
            "misses": miss_documents(decided.misses, program, caller.language),
        }
    )


@router.post(
    "/programs/{program_id}/versions/{version}/activity_dry_run",
    dependencies=[needs("programs:read")],
    responses=problems(VersionUnknown, RuleUnknown, CustomerUnknown, CustomerBlocked),
)
def dry_run_of_activity(
    program_id: str,
    version: int,
    wish: ActivityDryRunRequest,
    request: Request,
    db: Transaction,
    caller: CurrentCaller,
) -> ActivityDryRunDocument:
    """Try a version, live or not, on an activity. Nothing changes."""
    introduce_customers(request, db, caller, wish.activity.customer_id)
    at = wish.at or wish.activity.occurred_at
    outcome, program = rehearse_activity(
        db, caller.tenant_id, program_id, version, wish.activity, without=wish.without_rules, at=at
    )
    return ActivityDryRunDocument.model_validate(
        {
            "program_id": program_id,
            "version": version,
            "at": at,
            "effects": effect_documents(outcome.effects, program, caller.language),
            "misses": miss_documents(outcome.misses, program, caller.language),
        }
    )
