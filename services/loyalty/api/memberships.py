"""Memberships: what each is made of, day by day."""

from datetime import date, datetime
from typing import Annotated

from fastapi import APIRouter, Path
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy.orm import Session

from chassis.web.caller import CurrentCaller, needs
from chassis.web.problem_responses import problems
from chassis.web.transaction import Now, Transaction, TransactionRoute
from kernel.ids import TenantId
from services.loyalty.api.holdings import All
from services.loyalty.api.known_customers import KnownCustomer
from services.loyalty.domain.local_day import local_date
from services.loyalty.domain.membership import MembershipStatus, membership_status, membership_view, stretches
from services.loyalty.domain.membership_term import TimeKind
from services.loyalty.domain.refusals.customers import NoSuchCustomer
from services.loyalty.domain.refusals.memberships import MembershipUnknown
from services.loyalty.queries.holdings import memberships_of
from services.loyalty.queries.memberships import family_of, membership_row, plan_of, shared_with
from services.loyalty.queries.zone import zone_of
from services.loyalty.tables.memberships import MembershipEntryRow, MembershipRow, read_entry_rows, time_entry

router = APIRouter(prefix="/v1", tags=["memberships"], route_class=TransactionRoute)

MembershipId = Annotated[str, Path(max_length=64)]


class TimeDocument(BaseModel):
    """Days of one kind, until just before another day (null: nobody knows yet).

    `months` is as they were bought; 0 where they came by the day, or where a freeze or a cancellation broke them.
    """

    model_config = ConfigDict(from_attributes=True)

    kind: TimeKind
    months: int
    days: int | None
    from_date: date
    until_date: date | None


class FamilyPlaceDocument(BaseModel):
    """Somebody who shares the membership, and since when."""

    model_config = ConfigDict(from_attributes=True)

    customer_id: str
    joined_at: datetime


class MembershipDocument(BaseModel):
    """Time on a plan, paid and bonus told apart. Both ends, and `paid_until`, are days on which it is valid.

    `ends_on` and `paid_until` are null while nobody knows when a freeze ends. `frozen_until` is the first day after
    the latest freeze. `active` says whether it is valid today, grace included. `customer_id` is its holder's; all of
    the `family`, who came first first, have it as long as its holder has.
    """

    object: str = "membership"
    id: str
    customer_id: str
    plan: str
    status: MembershipStatus = Field(
        description="upcoming, active, frozen, grace (over, and still renewable from its end), lapsed, or ended: "
        "taken back, changed or cancelled."
    )
    active: bool
    starts_on: date | None
    ends_on: date | None
    paid_until: date | None
    frozen_from: date | None
    frozen_until: date | None
    paid_months: int
    bonus_months: int
    time: list[TimeDocument]
    family: list[FamilyPlaceDocument]


class TimeEntryDocument(BaseModel):
    """One line of a membership's ledger, below zero where time was taken back. `price` is in minor units."""

    kind: TimeKind
    cause: str
    months: int
    days: int
    price: int
    from_date: date
    until_date: date | None
    reference: str
    reason: str | None
    actor: str | None
    recorded_at: datetime


class MembershipLedgerDocument(MembershipDocument):
    """A membership, and every entry it is made of."""

    entries: list[TimeEntryDocument]


class Memberships(All):
    """The customer's memberships, and those of others that they share."""

    data: list[MembershipDocument]


@router.get(
    "/customers/{customer_id}/memberships",
    dependencies=[needs("points:read")],
    responses=problems(NoSuchCustomer),
)
def read_memberships(customer_id: KnownCustomer, db: Transaction, caller: CurrentCaller, now: Now) -> Memberships:
    """The customer's memberships, then those of others that they share; and the time each is made of."""
    rows = [
        *memberships_of(db, caller.tenant_id, customer_id),
        *shared_with(db, caller.tenant_id, customer_id),
    ]
    return Memberships(data=[membership_document(db, caller.tenant_id, row, now) for row in rows])


@router.get("/memberships/{membership_id}", dependencies=[needs("points:read")], responses=problems(MembershipUnknown))
def read(membership_id: MembershipId, db: Transaction, caller: CurrentCaller, now: Now) -> MembershipLedgerDocument:
    """A membership with its ledger: what gave time, held it still or took it, who did it and why."""
    row = membership_row(db, caller.tenant_id, membership_id)
    document = membership_document(db, caller.tenant_id, row, now)
    entries = read_entry_rows(db, caller.tenant_id, row.id)
    return MembershipLedgerDocument(**document.model_dump(), entries=[entry_document(entry) for entry in entries])


def membership_document(db: Session, tenant_id: TenantId, row: MembershipRow, now: datetime) -> MembershipDocument:
    """A membership as it is by the clock."""
    entries = tuple(map(time_entry, read_entry_rows(db, tenant_id, row.id)))
    view = membership_view(entries)
    today = local_date(now, zone_of(db, tenant_id))
    status = membership_status(entries, today, plan_of(db, tenant_id, row.plan).grace_days)
    return MembershipDocument(
        id=row.id,
        customer_id=row.customer_id,
        plan=row.plan,
        status=status,
        active=status in ("active", "grace"),
        starts_on=view.starts_on if view else None,
        ends_on=view.ends_on if view else None,
        paid_until=view.paid_until if view else None,
        frozen_from=view.frozen_from if view else None,
        frozen_until=view.frozen_until if view else None,
        paid_months=view.paid_months if view else 0,
        bonus_months=view.bonus_months if view else 0,
        time=[TimeDocument.model_validate(stretch) for stretch in stretches(entries)],
        family=[FamilyPlaceDocument.model_validate(place) for place in family_of(db, tenant_id, row.id)],
    )


def entry_document(row: MembershipEntryRow) -> TimeEntryDocument:
    """One line of the ledger."""
    entry = time_entry(row)
    return TimeEntryDocument(
        kind=row.kind,
        cause=entry.cause,
        months=row.months,
        days=row.days,
        price=row.price,
        from_date=row.from_date,
        until_date=row.until_date,
        reference=row.reference,
        reason=row.reason,
        actor=row.actor,
        recorded_at=row.recorded_at,
    )
