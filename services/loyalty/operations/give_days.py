"""Giving days on a membership after a mistake."""

from datetime import datetime

from sqlalchemy.orm import Session

from kernel.ids import TenantId, new_id
from services.loyalty.domain.by_hand import ByHand
from services.loyalty.domain.membership import add, membership_status
from services.loyalty.domain.membership_term import Part
from services.loyalty.domain.refusals.memberships import MembershipOver
from services.loyalty.operations.open_membership import open_membership


def give_days(db: Session, tenant_id: TenantId, membership_id: str, days: int, *, by: ByHand, at: datetime) -> None:
    """Add goodwill days after the time there is. Raises MembershipUnknown; MembershipOver when there is none."""
    opened = open_membership(db, tenant_id, membership_id, at=at)
    if membership_status(opened.entries, opened.today, opened.plan.grace_days) in ("lapsed", "ended"):
        raise MembershipOver(day=opened.today)
    reference = new_id("gdw")
    given = add(
        opened.entries,
        [Part("goodwill", days=days, source=reference)],
        starts_on=opened.today,
        grace_days=opened.plan.grace_days,
        cause="goodwill",
    )
    opened.record(given, reference, by)
    opened.tell("goodwill", by, days=days)
    opened.books.close(db)
