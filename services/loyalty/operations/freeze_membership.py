"""Holding a membership's time still."""

from datetime import date, datetime

from sqlalchemy.orm import Session

from kernel.ids import TenantId, new_id
from services.loyalty.domain.by_hand import ByHand
from services.loyalty.domain.membership import freeze
from services.loyalty.domain.refusals.memberships import FreezeInvalid
from services.loyalty.operations.open_membership import open_membership


def freeze_membership(
    db: Session,
    tenant_id: TenantId,
    membership_id: str,
    *,
    from_date: date | None,
    until_date: date | None,
    by: ByHand,
    at: datetime,
) -> None:
    """Hold the time still from a day (today when not said) until just before another, or until it is resumed.

    Raises MembershipUnknown, MembershipOver and FreezeInvalid; the past is not frozen.
    """
    opened = open_membership(db, tenant_id, membership_id, at=at)
    begins = from_date or opened.today
    if begins < opened.today:
        raise FreezeInvalid(from_date=begins, days=0)
    frozen = freeze(opened.entries, from_date=begins, until_date=until_date, days_max=opened.plan.freeze_days_max)
    opened.record([frozen], new_id("frz"), by)
    opened.tell("frozen", by, days=frozen.days)
    opened.books.close(db)
