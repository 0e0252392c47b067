"""Letting a membership's time pass again."""

from datetime import datetime

from sqlalchemy.orm import Session

from kernel.ids import TenantId, new_id
from services.loyalty.domain.by_hand import ByHand
from services.loyalty.domain.membership import resume
from services.loyalty.operations.open_membership import open_membership


def resume_membership(db: Session, tenant_id: TenantId, membership_id: str, *, by: ByHand, at: datetime) -> None:
    """End a freeze today, or one that has not begun. Raises MembershipUnknown and MembershipNotFrozen."""
    opened = open_membership(db, tenant_id, membership_id, at=at)
    opened.record([resume(opened.entries, on=opened.today)], new_id("frz"), by)
    opened.tell("resumed", by)
    opened.books.close(db)
