"""Using an entry of a pass."""

from datetime import datetime

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from kernel.ids import CustomerId, TenantId, new_id
from services.loyalty.domain.by_hand import ByHand
from services.loyalty.domain.refusals.customers import CustomerBlocked
from services.loyalty.domain.refusals.memberships import NoEntriesLeft
from services.loyalty.queries.customers import locked
from services.loyalty.tables.passes import PassRow, PassUseRow


def use_entry(
    db: Session,
    tenant_id: TenantId,
    customer_id: CustomerId,
    *,
    plan: str,
    entries: int,
    reference: str | None,
    by: ByHand,
    at: datetime,
) -> PassUseRow:
    """Take entries from the customer's pass on a plan that ends soonest and has so many; all from one pass.

    Raises NoSuchCustomer, CustomerBlocked, and NoEntriesLeft when no pass that is good now has enough.
    """
    if locked(db, tenant_id, customer_id).status == "blocked":
        raise CustomerBlocked(customer_id=customer_id)
    found = db.scalar(
        select(PassRow)
        .where(
            PassRow.tenant_id == tenant_id,
            PassRow.customer_id == customer_id,
            PassRow.plan == plan,
            PassRow.status == "issued",
            PassRow.entries_left >= entries,
            or_(PassRow.valid_until.is_(None), PassRow.valid_until > at),
        )
        .order_by(PassRow.valid_until.asc().nulls_last(), PassRow.issued_at, PassRow.id)
        .limit(1)
    )
    if found is None:
        raise NoEntriesLeft(plan=plan)
    found.entries_left -= entries
    used = PassUseRow(
        tenant_id=tenant_id,
        id=new_id("ent"),
        pass_id=found.id,
        kind="used",
        entries=-entries,
        entries_left=found.entries_left,
        reference=reference,
        reason=by.reason or None,
        actor=by.actor,
        recorded_at=at,
    )
    db.add(used)
    db.flush()
    return used
