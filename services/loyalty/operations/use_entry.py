"""Using an entry of a pass. Source: docs/rules/passes.md."""

from datetime import datetime

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from kernel.ids import CustomerId, TenantId, new_id
from services.loyalty.domain.by_hand import ByHand
from services.loyalty.domain.customer import PlanDays
from services.loyalty.domain.local_day import local_date
from services.loyalty.domain.refusals.customers import CustomerBlocked
from services.loyalty.domain.refusals.memberships import NoEntriesLeft
from services.loyalty.queries.customers import all_locked
from services.loyalty.queries.memberships import membership_row, place_in_family
from services.loyalty.queries.program_shelf import SHELF, ShelvedProgram
from services.loyalty.tables.passes import PassRow, PassUseRow
from services.loyalty.tables.standings import Standing


def use_entry(
    db: Session,
    tenant_id: TenantId,
    customer_id: CustomerId,
    *,
    plan: str,
    entries: int,
    reference: str | None,
    by: ByHand,
    at: datetime,
) -> PassUseRow:
    """Take entries from the customer's pass on a plan that ends soonest and has so many; all from one pass.

    When none of their own has, and the plan's passes are shared, from one of the holder in whose family they are.
    Raises NoSuchCustomer, CustomerBlocked, and NoEntriesLeft when no pass that is good now has enough.
    """
    program = SHELF.live(db, tenant_id, at)
    shared = program.document.plan(plan) if program else None
    family = shared.shared_with_family_of if shared else None
    holder = holder_of(db, tenant_id, customer_id, family) if family else None
    standings = all_locked(db, tenant_id, {customer_id, holder or customer_id})
    if standings[customer_id].status == "blocked":
        raise CustomerBlocked(customer_id=customer_id)
    found = good_pass(db, tenant_id, customer_id, plan, entries, at=at)
    if (
        found is None
        and program
        and family
        and holder
        and may_use(db, customer_id, standings[holder], family, program, at)
    ):
        found = good_pass(db, tenant_id, holder, plan, entries, at=at)
    if found is None:
        raise NoEntriesLeft(plan=plan)
    found.entries_left -= entries
    used = PassUseRow(
        tenant_id=tenant_id,
        id=new_id("ent"),
        pass_id=found.id,
        kind="used",
        entries=-entries,
        entries_left=found.entries_left,
        reference=reference,
        used_by=customer_id,
        reason=by.reason or None,
        actor=by.actor,
        recorded_at=at,
    )
    db.add(used)
    db.flush()
    return used


def good_pass(
    db: Session, tenant_id: TenantId, customer_id: CustomerId, plan: str, entries: int, *, at: datetime
) -> PassRow | None:
    """Of the locked customer's passes that are good now and have enough, the one that ends soonest."""
    return db.scalar(
        select(PassRow)
        .where(
            PassRow.tenant_id == tenant_id,
            PassRow.customer_id == customer_id,
            PassRow.plan == plan,
            PassRow.status == "issued",
            PassRow.entries_left >= entries,
            or_(PassRow.valid_until.is_(None), PassRow.valid_until > at),
        )
        .order_by(PassRow.valid_until.asc().nulls_last(), PassRow.issued_at, PassRow.id)
        .limit(1)
    )


def holder_of(db: Session, tenant_id: TenantId, customer_id: CustomerId, family: str) -> CustomerId | None:
    """The holder of the membership on that plan which the customer shares, if they share one."""
    place = place_in_family(db, tenant_id, customer_id, family)
    return membership_row(db, tenant_id, place.membership_id).customer_id if place else None


def may_use(
    db: Session, customer_id: CustomerId, holder: Standing, family: str, program: ShelvedProgram, at: datetime
) -> bool:
    """Whether the customer is still in the locked holder's family, and time passes on their membership that day."""
    membership = holder.memberships.get(family)
    if membership is None or holder.status != "active":
        return False
    place = place_in_family(db, holder.tenant_id, customer_id, family)
    days = PlanDays(
        ends_on=membership.ends_on, frozen_from=membership.frozen_from, frozen_until=membership.frozen_until
    )
    is_relative = place is not None and place.membership_id == membership.id
    return is_relative and days.holds(local_date(at, program.document.zone))
