"""Letting places in families go with their customer, when two turn out to be one. Source: docs/wallets.md."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from chassis.events.outbox import publish
from kernel.ids import CustomerId
from services.loyalty.operations.share_membership import family_changed, new_place
from services.loyalty.queries.memberships import membership_row, place_in_family, plan_of
from services.loyalty.tables.memberships import FamilyPlaceRow
from services.loyalty.tables.moves import WalletMergeRow


def carry_places(db: Session, merge: WalletMergeRow, *, at: datetime, trace: str | None) -> None:
    """Let the one customer share what the other shared: after a merge the second, after it was undone the first.

    Who holds the membership, or is in another family of its plan, does not need the place. Both must be locked.
    """
    giver, taker = merge.from_customer_id, merge.into_customer_id
    if merge.undone_at is not None:
        giver, taker = taker, giver
    for place in places_of(db, merge, giver):
        place.left_at = at
        db.flush()
        holder = membership_row(db, merge.tenant_id, place.membership_id).customer_id
        places = [place]
        if taker != holder and place_in_family(db, merge.tenant_id, taker, place.plan) is None:
            moved = new_place(
                merge.tenant_id, place.membership_id, place.plan, taker, actor=merge.actor, at=at, merge_id=merge.id
            )
            db.add(moved)
            db.flush()
            places.append(moved)
        plan = plan_of(db, merge.tenant_id, place.plan)
        for each in places:
            publish(db, family_changed(each, holder, plan), trace=trace)


def places_of(db: Session, merge: WalletMergeRow, customer_id: CustomerId) -> list[FamilyPlaceRow]:
    """The customer's places; of those of an undone merge, the ones that it had brought."""
    wanted = select(FamilyPlaceRow).where(
        FamilyPlaceRow.tenant_id == merge.tenant_id,
        FamilyPlaceRow.customer_id == customer_id,
        FamilyPlaceRow.left_at.is_(None),
    )
    if merge.undone_at is not None:
        wanted = wanted.where(FamilyPlaceRow.merge_id == merge.id)
    return list(db.scalars(wanted.order_by(FamilyPlaceRow.plan).with_for_update()))
