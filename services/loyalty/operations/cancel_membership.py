"""Ending a membership before its time has run out."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy.orm import Session

from kernel.ids import TenantId, new_id
from services.loyalty.domain.by_hand import ByHand
from services.loyalty.domain.membership import Unused, cut, repriced
from services.loyalty.domain.refusals.memberships import MembershipOver
from services.loyalty.operations.open_membership import open_membership


@dataclass(frozen=True, slots=True, kw_only=True)
class Cancellation:
    """What ending a membership after `last_day` takes, and what is due back, in minor units.

    `refunds` are in the order of `unused`.
    """

    last_day: date
    unused: tuple[Unused, ...]
    refunds: tuple[int, ...]


def cancel_membership(
    db: Session,
    tenant_id: TenantId,
    membership_id: str,
    *,
    last_day: date | None,
    by: ByHand,
    at: datetime,
    try_only: bool = False,
) -> Cancellation:
    """End the membership after a day, today when not said; or only say what that would come to.

    Raises MembershipUnknown; MembershipOver when no time is left after that day, or it has passed.
    """
    opened = open_membership(db, tenant_id, membership_id, at=at)
    day = last_day or opened.today
    if day < opened.today:
        raise MembershipOver(day=day)
    taken, unused = cut(opened.entries, last_day=day, cause="cancellation")
    refunds = opened.plan.refunds(unused)
    if not try_only:
        opened.record(repriced(taken, refunds), new_id("mcn"), by)
        opened.tell("cancelled", by, days=sum(part.days for part in unused), refund=sum(refunds))
        opened.books.close(db)
    return Cancellation(last_day=day, unused=unused, refunds=refunds)
