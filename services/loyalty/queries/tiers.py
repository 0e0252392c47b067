"""Counting what a customer's purchases come to, where what is kept of it is old. Source: docs/rules/tiers.md."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from chassis.data.pipelines import pipeline
from kernel.ids import CustomerId, TenantId
from services.loyalty.domain.tier_progress import NO_PROGRESS, Admission, Progress, TierRules
from services.loyalty.tables.customers import CustomerRow
from services.loyalty.tables.standings import Owner, Standing
from services.loyalty.tables.tiers import TierChangeRow, TierRecord, TierRecordsRequest

LAST_ID = "~"

# A customer, and all who were merged into them.
THEIRS = """
    WITH RECURSIVE theirs (owner, customer_id) AS (
        SELECT wanted, wanted FROM unnest(CAST(:customers AS text[])) AS wanted
        UNION
        SELECT theirs.owner, m.from_customer_id FROM theirs
        JOIN wallet_merges m ON m.into_customer_id = theirs.customer_id
        WHERE m.tenant_id = :tenant_id AND m.undone_at IS NULL
    )
"""
BY_DAY = text(f"""
    {THEIRS}
    SELECT theirs.owner, (p.occurred_at AT TIME ZONE :zone)::date AS day,
           sum(CASE :basis WHEN 'visits' THEN (p.status NOT IN ('returned', 'voided'))::int
                           WHEN 'spend' THEN p.due - said.paid ELSE said.earned END)::bigint AS amount
    FROM theirs
    JOIN purchases p ON p.tenant_id = :tenant_id AND p.customer_id = theirs.customer_id
    CROSS JOIN LATERAL (
        SELECT coalesce(sum((e ->> 'amount')::bigint) FILTER (WHERE e ->> 'kind' = 'pay'), 0) AS paid,
               coalesce(sum((e ->> 'amount')::bigint)
                        FILTER (WHERE e ->> 'kind' = 'accrue' AND e ->> 'unit' = :unit), 0) AS earned
        FROM jsonb_array_elements(p.effects::jsonb) AS e
    ) AS said
    WHERE :basis <> 'spend' OR p.currency = :currency
    GROUP BY 1, 2
""")  # noqa: S608 - the parts are ours
MERGED = text(f"""
    {THEIRS}
    SELECT theirs.owner, sum(c.purchases_version)::bigint AS version FROM theirs
    JOIN customers c ON c.tenant_id = :tenant_id AND c.customer_id = theirs.customer_id
    WHERE theirs.customer_id <> theirs.owner GROUP BY 1
""")  # noqa: S608 - the parts are ours


@dataclass(frozen=True, slots=True, kw_only=True)
class Counted:
    """What the purchases of a customer come to, and the versions of the customers merged into this one."""

    progress: Progress
    merged_at: int


def count_purchases(
    db: Session, tenant_id: TenantId, customers: Sequence[CustomerId], rules: TierRules
) -> dict[CustomerId, Counted]:
    """What all their purchases come to, day by day: as they are now, and with those of who was merged into them."""
    named = {"tenant_id": tenant_id, "customers": list(customers)}
    how = {"zone": rules.zone.key, "basis": rules.tiers.basis, "unit": rules.unit, "currency": rules.currency}
    days: dict[CustomerId, list[tuple[date, int]]] = {customer_id: [] for customer_id in customers}
    for owner, day, amount in db.execute(BY_DAY, named | how):
        days[owner].append((day, amount))
    merged: Mapping[CustomerId, int] = dict(db.execute(MERGED, named).all())
    return {
        customer_id: Counted(progress=rules.progress(of_day), merged_at=merged.get(customer_id, 0))
        for customer_id, of_day in days.items()
    }


def up_to_date(
    db: Session,
    owner: Owner,
    version: int,
    rules: TierRules,
    record: TierRecord,
    day: date,
    sold: Iterable[tuple[date, int]] = (),
) -> TierRecord:
    """The record as these rules count at that version of the customer's purchases, good for that day and those after.

    Costs nothing while it is what was kept; `sold` are amounts of purchases that are not written yet.
    """
    kept = record.counted_by == rules.key and record.counted_at == version
    if kept and record.progress.latest <= rules.tiers.window.slot(day):
        return record
    tenant_id, customer_id = owner
    counted = Counted(progress=NO_PROGRESS, merged_at=0)
    if version:
        counted = count_purchases(db, tenant_id, [customer_id], rules)[customer_id]
    progress = counted.progress
    for when, amount in sold:
        progress = rules.add(progress, when, amount)
    return replace(record, counted_by=rules.key, counted_at=version, merged_at=counted.merged_at, progress=progress)


def tier_records(db: Session, owners: Sequence[Owner]) -> dict[Owner, TierRecord]:
    """What is kept of these customers' tiers."""
    with pipeline(db) as asking:
        request = TierRecordsRequest(asking, owners)
    return request.answer()


def tier_record(db: Session, owner: Owner) -> TierRecord:
    """What is kept of a customer's tier."""
    return tier_records(db, [owner])[owner]


def purchase_versions(db: Session, tenant_id: TenantId, customers: Sequence[CustomerId]) -> dict[CustomerId, int]:
    """The versions of these customers' purchases."""
    found = select(CustomerRow.customer_id, CustomerRow.purchases_version).where(
        CustomerRow.tenant_id == tenant_id, CustomerRow.customer_id.in_(customers)
    )
    return dict(db.execute(found).all())


def tier_at(db: Session, standing: Standing, rules: TierRules | None, at: datetime) -> str | None:
    """The tier a customer is in at that moment, by what is written; None where there are no tiers."""
    if rules is None:
        return None
    day = rules.day(at)
    record = up_to_date(db, standing.owner, standing.purchases_version, rules, tier_record(db, standing.owner), day)
    tier = rules.tier_on(record.progress, record.floor, day, record.admission(standing.segments))
    return tier.id if tier else None


def tiers_held(db: Session, standing: Standing, rules: TierRules | None, at: datetime) -> list[str]:
    """The tier a customer is in at that moment, and those below it, the highest first."""
    level = rules.tiers.level_of(tier_at(db, standing, rules, at) or "") if rules else 0
    return [tier.id for tier in reversed(rules.tiers.ladder[:level])] if rules else []


def tier_record_now(db: Session, owner: Owner, rules: TierRules, day: date) -> TierRecord:
    """The record of a customer as it is now; nothing is locked, nothing kept."""
    tenant_id, customer_id = owner
    version = purchase_versions(db, tenant_id, [customer_id]).get(customer_id, 0)
    return up_to_date(db, owner, version, rules, tier_record(db, owner), day)


def admission_now(db: Session, owner: Owner, record: TierRecord) -> Admission:
    """Which tiers are open to a customer as they are now; nothing is locked."""
    tenant_id, customer_id = owner
    named = (CustomerRow.tenant_id == tenant_id, CustomerRow.customer_id == customer_id)
    return record.admission(db.scalar(select(CustomerRow.segments).where(*named)) or ())


def tier_changes_of(
    db: Session, tenant_id: TenantId, customer_id: CustomerId, *, after: str | None, limit: int
) -> Sequence[TierChangeRow]:
    """How a customer's tier changed, the newest first."""
    return db.scalars(
        select(TierChangeRow)
        .where(
            TierChangeRow.tenant_id == tenant_id,
            TierChangeRow.customer_id == customer_id,
            TierChangeRow.id < (after or LAST_ID),
        )
        .order_by(TierChangeRow.id.desc())
        .limit(limit)
    ).all()
