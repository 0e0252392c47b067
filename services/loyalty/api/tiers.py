"""Tiers: where a customer stands on the ladder, and how they came there."""

from datetime import date, datetime
from typing import Annotated

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy.orm import Session

from chassis.web.caller import CurrentCaller, needs
from chassis.web.pages import Page, PageAsked
from chassis.web.problem_responses import problems
from chassis.web.transaction import MONEY_LIKE, Now, Transaction, TransactionRoute
from kernel.ids import CustomerId, TenantId
from kernel.language import Language
from services.loyalty.api.fields import Reason, by_hand
from services.loyalty.api.known_customers import KnownCustomer
from services.loyalty.domain.refusals.customers import NoSuchCustomer
from services.loyalty.domain.refusals.tiers import NoTiers, TierEndsInThePast, TierUnknown
from services.loyalty.domain.rules.rule import RuleId
from services.loyalty.domain.tier import Basis, Tier
from services.loyalty.domain.tier_progress import Floor, TierStanding
from services.loyalty.domain.wording import closed_text
from services.loyalty.domain.written import Day
from services.loyalty.operations.set_tier import set_tier
from services.loyalty.queries.program_shelf import SHELF
from services.loyalty.queries.tiers import admission_now, tier_changes_of, tier_record_now
from services.loyalty.tables.tiers import TierChangeRow

router = APIRouter(prefix="/v1/customers/{customer_id}/tier", tags=["tiers"], route_class=TransactionRoute)

Amount = Annotated[int, Field(description="Units, minor units of money or purchases, as the basis says.")]


class NamedTier(BaseModel):
    """A step of the ladder."""

    id: str
    name: dict[str, str]


class NextTier(NamedTier):
    """The next step, and what is missing for it."""

    missing: Amount


class ClosedTier(NamedTier):
    """A step above, up to the next one, that is for a segment the customer is not in; `text` says so."""

    segment: str
    text: str


class Staying(BaseModel):
    """What it takes to stay until when: 0 when what there is does. Without it, the customer falls to that tier.

    Null where no purchase helps: who left the segment of a tier loses it then.
    """

    needed: Amount
    by: date
    falls_to: NamedTier | None


class FloorDocument(BaseModel):
    """A tier given by hand: not below it up to and with that day."""

    tier: str
    until: date


class TierDocument(BaseModel):
    """Where the customer stands now. All is null in a shop without tiers.

    `since` is the first day of the tier, once it was noted; `until` its last, if nothing more is bought; null when it
    does not end.
    """

    object: str = "tier"
    customer_id: str
    tier: NamedTier | None = None
    since: date | None = None
    until: date | None = None
    basis: Basis | None = None
    unit: str | None = Field(default=None, description="What is counted: a wallet's unit, a currency, or visits.")
    counted: Amount | None = None
    next: NextTier | None = None
    staying: Staying | None = None
    closed: list[ClosedTier] = []
    floor: FloorDocument | None = None


class TierRequest(BaseModel):
    """The tier to give, its last day, and why."""

    model_config = ConfigDict(extra="forbid")

    tier: RuleId
    until: Day
    reason: Reason


class TierChangeDocument(BaseModel):
    """A step: `upgraded`, `downgraded`, or `set` by hand, then with who did it and why; and its last day by then."""

    object: str = "tier_change"
    id: str
    change: str
    before: str | None
    after: str | None
    happened_on: date
    ends_on: date | None
    reason: str | None
    actor: str | None
    recorded_at: datetime


@router.get("", dependencies=[needs("customers:read")], responses=problems(NoSuchCustomer))
def read(customer_id: KnownCustomer, db: Transaction, caller: CurrentCaller, now: Now) -> TierDocument:
    """The customer's tier by the clock, what is missing for the next one, and what it takes to stay."""
    return tier_document(db, caller.tenant_id, customer_id, now, caller.language)


@router.post(
    "",
    status_code=201,
    dependencies=[needs("customers:write")],
    responses=problems(NoSuchCustomer, NoTiers, TierUnknown, TierEndsInThePast),
    openapi_extra=MONEY_LIKE,
)
def give(
    customer_id: KnownCustomer, wish: TierRequest, db: Transaction, caller: CurrentCaller, now: Now
) -> TierDocument:
    """Give the customer a tier by hand: a floor up to and with its last day, in place of the one of before."""
    floor = Floor(tier=wish.tier, until=wish.until)
    set_tier(db, caller.tenant_id, customer_id, floor, by=by_hand(caller, wish.reason), at=now)
    return tier_document(db, caller.tenant_id, customer_id, now, caller.language)


@router.get("/history", dependencies=[needs("customers:read")], responses=problems(NoSuchCustomer))
def read_history(
    customer_id: KnownCustomer,
    page: PageAsked,
    db: Transaction,
    caller: CurrentCaller,
) -> Page[TierChangeDocument]:
    """How the customer's tier changed, the newest first."""
    changes = tier_changes_of(db, caller.tenant_id, customer_id, after=page.after, limit=page.rows_max)
    return page.of(changes, change_document)


def tier_document(
    db: Session, tenant_id: TenantId, customer_id: CustomerId, now: datetime, language: Language = Language.ENGLISH
) -> TierDocument:
    """The customer's tier as it is answered."""
    program = SHELF.live(db, tenant_id, now)
    rules = program.document.tier_rules if program else None
    if rules is None:
        return TierDocument(customer_id=customer_id)
    today = rules.day(now)
    record = tier_record_now(db, (tenant_id, customer_id), rules, today)
    admission = admission_now(db, (tenant_id, customer_id), record)
    _moves, told = rules.moves(record.told, record.progress, record.floor, today, admission)
    standing = rules.standing(record.progress, record.floor, today, admission)
    floor = record.floor if record.floor is not None and today <= record.floor.until else None
    return TierDocument(
        customer_id=customer_id,
        tier=named_tier(standing.tier),
        since=told.since,
        until=standing.ends_on,
        basis=rules.tiers.basis,
        unit=rules.counts,
        counted=standing.counted,
        next=next_tier(standing),
        staying=(
            Staying(needed=standing.needed, by=standing.ends_on, falls_to=named_tier(standing.falls_to))
            if standing.ends_on and standing.needed is not None
            else None
        ),
        closed=[closed_tier(tier, language) for tier in standing.closed],
        floor=FloorDocument(tier=floor.tier, until=floor.until) if floor else None,
    )


def named_tier(tier: Tier | None) -> NamedTier | None:
    """A tier with its name in both languages."""
    return NamedTier.model_validate(step_of(tier)) if tier else None


def next_tier(standing: TierStanding) -> NextTier | None:
    """The next step, if there is one."""
    above, missing = standing.next_tier, standing.missing
    return NextTier.model_validate({**step_of(above), "missing": missing}) if above and missing is not None else None


def closed_tier(tier: Tier, language: Language) -> ClosedTier:
    """A step that is for others."""
    segment = tier.segment or ""
    return ClosedTier.model_validate(
        {**step_of(tier), "segment": segment, "text": closed_text(tier, segment, language)}
    )


def step_of(tier: Tier) -> dict[str, object]:
    """What a step of the ladder is called."""
    return {"id": tier.id, "name": tier.name.model_dump()}


def change_document(row: TierChangeRow) -> TierChangeDocument:
    """A step as it is answered."""
    return TierChangeDocument.model_validate(row, from_attributes=True)
