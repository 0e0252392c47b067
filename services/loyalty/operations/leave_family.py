"""Leaving the family of a membership. Source: docs/rules/membership.md."""

from datetime import datetime

from sqlalchemy.orm import Session

from chassis.events.outbox import publish
from kernel.ids import CustomerId, TenantId
from services.loyalty.domain.by_hand import ByHand
from services.loyalty.domain.refusals.memberships import NotInFamily
from services.loyalty.operations.share_membership import family_changed
from services.loyalty.queries.customers import all_locked
from services.loyalty.queries.memberships import membership_row, place_in_family, plan_of
from services.loyalty.tables.memberships import FamilyPlaceRow


def leave_family(
    db: Session, tenant_id: TenantId, membership_id: str, customer_id: CustomerId, *, by: ByHand, at: datetime
) -> FamilyPlaceRow:
    """Let a customer share the membership no longer, from now on. Raises MembershipUnknown and NotInFamily."""
    row = membership_row(db, tenant_id, membership_id)
    place = place_in_family(db, tenant_id, customer_id, row.plan)
    if place is None or place.membership_id != membership_id:
        raise NotInFamily(customer_id=customer_id)
    all_locked(db, tenant_id, [row.customer_id, customer_id])
    # Somebody may have taken them out while we waited for the locks.
    db.refresh(place)
    if place.left_at is not None:
        raise NotInFamily(customer_id=customer_id)
    place.left_at = at
    db.flush()
    publish(db, family_changed(place, row.customer_id, plan_of(db, tenant_id, row.plan)), trace=by.trace)
    return place
