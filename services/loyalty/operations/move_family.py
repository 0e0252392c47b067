"""Taking a family along to the plan that its holder changes to. Source: docs/rules/membership.md."""

from sqlalchemy.dialects.postgresql import insert

from services.loyalty.domain.by_hand import ByHand
from services.loyalty.operations.open_membership import OpenMembership
from services.loyalty.operations.share_membership import family_changed, new_place
from services.loyalty.queries.memberships import family_of
from services.loyalty.tables.memberships import FamilyPlaceRow


def move_family(left: OpenMembership, entered: OpenMembership, by: ByHand) -> None:
    """Let the family of one membership share another one of its holder's, who came first first.

    Those for whom there is no room, and those who share that plan with somebody else, only leave.
    """
    db, at, holder = left.db, left.books.at, left.standing
    room = entered.plan.family_max - len(family_of(db, holder.tenant_id, entered.membership.id))
    for place in family_of(db, holder.tenant_id, left.membership.id, lock=True):
        place.left_at = at
        places = [(place, left.plan)]
        moved = new_place(
            holder.tenant_id, entered.membership.id, entered.plan.id, place.customer_id, actor=by.actor, at=at
        )
        if room > 0 and is_taken(entered, moved):
            room -= 1
            places.append((moved, entered.plan))
        for each, plan in places:
            left.books.postings.tell(family_changed(each, holder.customer_id, plan), by.trace)
    db.flush()


def is_taken(entered: OpenMembership, place: FamilyPlaceRow) -> bool:
    """Take the place, unless its customer is in another family of the plan: they are not locked here."""
    values = {column.key: getattr(place, column.key) for column in FamilyPlaceRow.__table__.columns}
    taken = insert(FamilyPlaceRow).values(values).on_conflict_do_nothing().returning(FamilyPlaceRow.id)
    return entered.db.scalar(taken) is not None
