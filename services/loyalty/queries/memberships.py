"""Finding memberships, and what their plans say."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from kernel.ids import TenantId
from services.loyalty.domain.name import Name
from services.loyalty.domain.plan import Plan
from services.loyalty.domain.refusals import MembershipUnknown, PlanUnknown
from services.loyalty.queries.program_shelf import SHELF
from services.loyalty.tables.memberships import MembershipRow


def membership_row(db: Session, tenant_id: TenantId, membership_id: str) -> MembershipRow:
    """A membership. Raises MembershipUnknown."""
    row = db.scalar(
        select(MembershipRow).where(MembershipRow.tenant_id == tenant_id, MembershipRow.id == membership_id)
    )
    if row is None:
        raise MembershipUnknown
    return row


def plan_of(db: Session, tenant_id: TenantId, plan: str) -> Plan:
    """What the live program says about a plan; the defaults for one that it does not know any more."""
    program = SHELF.live(db, tenant_id)
    known = program.document.plan(plan) if program else None
    return known or Plan(id=plan, name=Name(en=plan, ar=plan))


def offered_plan(db: Session, tenant_id: TenantId, plan: str) -> Plan:
    """A plan of the live program. Raises PlanUnknown."""
    program = SHELF.live(db, tenant_id)
    known = program.document.plan(plan) if program else None
    if known is None:
        raise PlanUnknown(plan=plan)
    return known
