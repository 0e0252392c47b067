"""Telling of memberships that end soon, or have ended. Source: docs/rules/membership.md."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from sqlalchemy import Row, text
from sqlalchemy.orm import Session

from contracts.events.loyalty import MembershipLapsed, MembershipRenewalDue
from kernel.ids import CustomerId, TenantId
from services.loyalty.domain.local_day import local_date
from services.loyalty.domain.membership import membership_status
from services.loyalty.domain.plan import Plan
from services.loyalty.operations.apply_effects import by_language
from services.loyalty.queries.program_shelf import SHELF
from services.loyalty.tables.memberships import read_time_entries
from services.loyalty.tables.postings import Postings

BATCH_MAX = 200
# What ended longer ago was told, or ended before anybody would have been.
LAPSED_DAYS_MAX = 30

# The customers' rows are locked, as by everybody who changes a membership: what is told is so at that moment.
DUE = text("""
    SELECT m.id, m.customer_id, m.ends_on FROM customers c
    JOIN memberships m ON m.tenant_id = c.tenant_id AND m.customer_id = c.customer_id
    WHERE m.tenant_id = :tenant_id AND m.plan = :plan AND m.ends_on BETWEEN :first AND :last
      AND (m.frozen_from IS NULL OR m.frozen_until IS NOT NULL)
      AND NOT EXISTS (
          SELECT FROM membership_notices n
          WHERE n.tenant_id = m.tenant_id AND n.membership_id = m.id AND n.kind = :kind AND n.ends_on = m.ends_on)
    ORDER BY c.customer_id LIMIT :limit
    FOR NO KEY UPDATE OF c
""")
NOTE = text("""
    INSERT INTO membership_notices (tenant_id, membership_id, kind, ends_on, told_at)
    VALUES (:tenant_id, :membership_id, :kind, :ends_on, :at)
""")


def tell_membership_ends(db: Session, tenant_id: TenantId, *, at: datetime) -> int:
    """Tell of some renewals that are due and memberships that lapsed; returns how many. Each end is told once."""
    program = SHELF.live(db, tenant_id)
    if program is None:
        return 0
    today = local_date(at, program.document.zone)
    return sum(
        tell_of_renewals(db, tenant_id, plan, today, at) + tell_of_lapses(db, tenant_id, plan, today, at)
        for plan in program.document.all_plans()
    )


def tell_of_renewals(db: Session, tenant_id: TenantId, plan: Plan, today: date, at: datetime) -> int:
    """Tell of memberships that end within the plan's days of reminding."""
    if plan.reminder_days is None:
        return 0
    due = take_due(db, tenant_id, plan, "renewal_due", today, today + timedelta(days=plan.reminder_days), at)
    told = Postings()
    for row in due:
        told.tell(
            MembershipRenewalDue(
                tenant_id=tenant_id,
                customer_id=row.customer_id,
                occurred_at=at,
                membership_id=row.id,
                plan=plan.id,
                plan_name=by_language(plan.name),
                ends_on=row.ends_on,
                days_left=(row.ends_on - today).days,
            ),
            None,
        )
    told.write(db)
    return len(due)


def tell_of_lapses(db: Session, tenant_id: TenantId, plan: Plan, today: date, at: datetime) -> int:
    """Tell of memberships that ran out, and whose grace is over. What was cancelled or taken back did not run out."""
    gone = today - timedelta(days=plan.grace_days + 1)
    due = take_due(db, tenant_id, plan, "lapsed", gone - timedelta(days=LAPSED_DAYS_MAX), gone, at)
    told = Postings()
    for row in due:
        if membership_status(read_time_entries(db, tenant_id, row.id), today, plan.grace_days) == "lapsed":
            told.tell(
                MembershipLapsed(
                    tenant_id=tenant_id,
                    customer_id=row.customer_id,
                    occurred_at=at,
                    membership_id=row.id,
                    plan=plan.id,
                    plan_name=by_language(plan.name),
                    ended_on=row.ends_on,
                ),
                None,
            )
    told.write(db)
    return len(due)


def take_due(
    db: Session, tenant_id: TenantId, plan: Plan, kind: str, first: date, last: date, at: datetime
) -> Sequence[Row[tuple[str, CustomerId, date]]]:
    """Memberships of a plan that end between two days and of which nobody was told so, noted as told."""
    sought = {"tenant_id": tenant_id, "plan": plan.id, "kind": kind, "first": first, "last": last}
    due = db.execute(DUE, {**sought, "limit": BATCH_MAX}).all()
    noted = [
        {"tenant_id": tenant_id, "membership_id": row.id, "kind": kind, "ends_on": row.ends_on, "at": at} for row in due
    ]
    if noted:
        db.execute(NOTE, noted)
    return due
