"""Finding memberships, and what their plans say."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from kernel.ids import CustomerId, TenantId
from services.loyalty.domain.name import Name
from services.loyalty.domain.plan import Plan
from services.loyalty.domain.refusals.memberships import MembershipUnknown, PlanUnknown
from services.loyalty.queries.program_shelf import SHELF
from services.loyalty.tables.memberships import FamilyPlaceRow, MembershipRow


def membership_row(db: Session, tenant_id: TenantId, membership_id: str) -> MembershipRow:
    """A membership. Raises MembershipUnknown."""
    row = db.scalar(
        select(MembershipRow).where(MembershipRow.tenant_id == tenant_id, MembershipRow.id == membership_id)
    )
    if row is None:
        raise MembershipUnknown
    return row


def family_of(db: Session, tenant_id: TenantId, membership_id: str, *, lock: bool = False) -> Sequence[FamilyPlaceRow]:
    """The places of those who share a membership, who came first first."""
    places = (
        select(FamilyPlaceRow)
        .where(
            FamilyPlaceRow.tenant_id == tenant_id,
            FamilyPlaceRow.membership_id == membership_id,
            FamilyPlaceRow.left_at.is_(None),
        )
        .order_by(FamilyPlaceRow.joined_at, FamilyPlaceRow.id)
    )
    return db.scalars(places.with_for_update() if lock else places).all()


def place_in_family(db: Session, tenant_id: TenantId, customer_id: CustomerId, plan: str) -> FamilyPlaceRow | None:
    """The customer's place in the family of somebody's membership on that plan, if they have one."""
    return db.scalars(
        select(FamilyPlaceRow).where(
            FamilyPlaceRow.tenant_id == tenant_id,
            FamilyPlaceRow.customer_id == customer_id,
            FamilyPlaceRow.plan == plan,
            FamilyPlaceRow.left_at.is_(None),
        )
    ).one_or_none()


def shared_with(db: Session, tenant_id: TenantId, customer_id: CustomerId) -> Sequence[MembershipRow]:
    """The memberships of others that the customer shares, by plan."""
    return db.scalars(
        select(MembershipRow)
        .join(
            FamilyPlaceRow,
            (FamilyPlaceRow.tenant_id == MembershipRow.tenant_id) & (FamilyPlaceRow.membership_id == MembershipRow.id),
        )
        .where(
            MembershipRow.tenant_id == tenant_id,
            FamilyPlaceRow.customer_id == customer_id,
            FamilyPlaceRow.left_at.is_(None),
        )
        .order_by(MembershipRow.plan)
    ).all()


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
