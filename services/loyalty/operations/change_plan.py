"""Moving what is left of a membership to another plan."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime

from sqlalchemy.orm import Session

from kernel.ids import TenantId, new_id
from services.loyalty.domain.by_hand import ByHand
from services.loyalty.domain.local_day import months_later
from services.loyalty.domain.membership import Unused, add, cut, repriced
from services.loyalty.domain.membership_term import DAY, Part
from services.loyalty.domain.plan import Plan, worth
from services.loyalty.domain.refusals.memberships import PlanUnsuitable
from services.loyalty.operations.move_family import move_family
from services.loyalty.operations.open_membership import OpenMembership, open_membership
from services.loyalty.queries.memberships import offered_plan
from services.loyalty.tables.standings import Membership


def change_plan(db: Session, tenant_id: TenantId, membership_id: str, to_plan: str, *, by: ByHand, at: datetime) -> str:
    """End a membership before today and give its unused time to another plan; returns the other membership's id.

    Bonus and goodwill days stay what they are, day for day. Paid days do too, or become what their worth buys of the
    other plan, as that plan says. What was paid for them goes with them, and so does the family. Raises
    MembershipUnknown, MembershipOver, PlanUnknown and PlanUnsuitable.
    """
    left = open_membership(db, tenant_id, membership_id, at=at)
    plan = offered_plan(db, tenant_id, to_plan)
    if plan.id == left.plan.id:
        raise PlanUnsuitable(plan=to_plan)
    taken, unused = cut(left.entries, last_day=left.today - DAY, cause="change")
    reference, prices = new_id("mch"), worth(unused)
    left.record(repriced(taken, prices), reference, by)
    moved = moved_parts(plan, unused, sum(prices), today=left.today, source=reference)
    entered = entered_membership(left, plan)
    grace_days = plan.grace_for_renewal
    added = add(entered.entries, moved, starts_on=left.today, grace_days=grace_days, cause="change")
    entered.record(added, reference, by)
    move_family(left, entered, by)
    left.tell("plan_changed", by, to_plan=to_plan, days=sum(part.days for part in moved))
    left.books.close(db)
    return entered.membership.id


def moved_parts(plan: Plan, unused: Sequence[Unused], price: int, *, today: date, source: str) -> list[Part]:
    """The time that unused time comes to on another plan. Raises PlanUnsuitable."""
    paid, bonus, goodwill = (
        sum(each.days for each in unused if each.kind == kind) for kind in ("paid", "bonus", "goodwill")
    )
    if plan.change == "value" and paid:
        if not price:
            raise PlanUnsuitable(plan=plan.id)
        assert plan.price is not None, "a plan that is changed to by value has a price"
        paid = price * (months_later(today, plan.months) - today).days // plan.price
    return [
        Part("paid", days=paid, price=price, source=source),
        Part("bonus", days=bonus, source=source),
        Part("goodwill", days=goodwill, source=source),
    ]


def entered_membership(left: OpenMembership, plan: Plan) -> OpenMembership:
    """The customer's membership on the other plan, a new one when they have none."""
    known = left.standing.memberships.get(plan.id)
    return replace(
        left,
        membership=known or Membership(new_id("mbs"), left.today),
        plan=plan,
        entries=left.books.time_entries(left.db, left.standing, known),
    )
