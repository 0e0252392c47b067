"""Letting somebody into the family of a membership. Source: docs/rules/membership.md."""

from datetime import datetime

from sqlalchemy.orm import Session

from chassis.events.outbox import publish
from contracts.events.loyalty import FamilyChanged
from kernel.ids import CustomerId, TenantId, new_id
from services.loyalty.domain.by_hand import ByHand
from services.loyalty.domain.membership import membership_status
from services.loyalty.domain.plan import Plan
from services.loyalty.domain.refusals.memberships import FamilyFull, InFamily, MembershipOver
from services.loyalty.domain.refusals.wallets import SameCustomer
from services.loyalty.operations.apply_effects import by_language
from services.loyalty.operations.open_membership import opened
from services.loyalty.queries.customers import all_locked, welcome
from services.loyalty.queries.memberships import family_of, membership_row, place_in_family
from services.loyalty.tables.memberships import FamilyPlaceRow

OVER = ("lapsed", "ended")


def share_membership(
    db: Session, tenant_id: TenantId, membership_id: str, customer_id: CustomerId, *, by: ByHand, at: datetime
) -> FamilyPlaceRow:
    """Let a customer share the membership: they have its plan whenever its holder has.

    Raises MembershipUnknown, NoSuchCustomer, CustomerBlocked, SameCustomer, MembershipOver, InFamily and FamilyFull.
    """
    row = membership_row(db, tenant_id, membership_id)
    if customer_id == row.customer_id:
        raise SameCustomer
    standings = all_locked(db, tenant_id, [row.customer_id, customer_id])
    welcome(standings[customer_id], customer_id)
    shared = opened(db, standings[row.customer_id], row.plan, at=at)
    if membership_status(shared.entries, shared.today, shared.plan.grace_days) in OVER:
        raise MembershipOver(day=shared.today)
    if place_in_family(db, tenant_id, customer_id, row.plan) is not None:
        raise InFamily(customer_id=customer_id, plan=row.plan)
    if len(family_of(db, tenant_id, membership_id)) >= shared.plan.family_max:
        raise FamilyFull(most=shared.plan.family_max)
    place = new_place(tenant_id, membership_id, row.plan, customer_id, actor=by.actor, at=at)
    db.add(place)
    db.flush()
    publish(db, family_changed(place, row.customer_id, shared.plan), trace=by.trace)
    return place


def new_place(
    tenant_id: TenantId,
    membership_id: str,
    plan: str,
    customer_id: CustomerId,
    *,
    actor: str,
    at: datetime,
    merge_id: str | None = None,
) -> FamilyPlaceRow:
    """A place in the family of a membership."""
    return FamilyPlaceRow(
        tenant_id=tenant_id,
        id=new_id("fam"),
        membership_id=membership_id,
        plan=plan,
        customer_id=customer_id,
        merge_id=merge_id,
        actor=actor,
        joined_at=at,
        left_at=None,
    )


def family_changed(place: FamilyPlaceRow, holder_id: CustomerId, plan: Plan) -> FamilyChanged:
    """That somebody came into the family, or has left it."""
    return FamilyChanged(
        tenant_id=place.tenant_id,
        customer_id=place.customer_id,
        occurred_at=place.left_at or place.joined_at,
        membership_id=place.membership_id,
        holder_id=holder_id,
        plan=plan.id,
        plan_name=by_language(plan.name),
        step="left" if place.left_at else "joined",
    )
