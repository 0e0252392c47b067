"""The proof of the tiers: what is kept of them is what the purchases come to. Source: docs/rules/tiers.md."""

from collections.abc import Iterator, Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from chassis.data.verification import Breach
from kernel.ids import CustomerId, TenantId
from services.loyalty.domain.tier_progress import TierRules
from services.loyalty.queries.program_shelf import SHELF
from services.loyalty.queries.tiers import count_purchases, purchase_versions, tier_records
from services.loyalty.tables.tiers import TierProgressRow

TIERS = "tier progress is what the purchases come to"
BATCH_MAX = 1000


def wrong_tiers(db: Session, tenant_id: TenantId, at: datetime) -> Iterator[Breach]:
    """Every customer whose progress is kept as counted, and is not what counting it anew comes to."""
    program = SHELF.live(db, tenant_id, at)
    rules = program.document.tier_rules if program else None
    if rules is None:
        return
    last = CustomerId("")
    while customers := counted_customers(db, tenant_id, rules, last):
        yield from wrong_among(db, tenant_id, rules, customers)
        last = customers[-1]


def wrong_among(
    db: Session, tenant_id: TenantId, rules: TierRules, customers: Sequence[CustomerId]
) -> Iterator[Breach]:
    """The breaches of some customers. What was counted before their purchases changed is no breach: nobody uses it."""
    records = tier_records(db, [(tenant_id, customer_id) for customer_id in customers])
    anew = count_purchases(db, tenant_id, customers, rules)
    # Read last: who is still at the version that was counted has not bought anything in between.
    versions = purchase_versions(db, tenant_id, customers)
    for (_tenant_id, customer_id), record in records.items():
        counted = anew[customer_id]
        if (record.counted_at, record.merged_at) != (versions[customer_id], counted.merged_at):
            continue
        expected = rules.compact(counted.progress)
        if record.progress != expected:
            yield Breach(TIERS, tenant_id, customer_id, f"kept {record.progress}, should be {expected}")


def counted_customers(db: Session, tenant_id: TenantId, rules: TierRules, last: CustomerId) -> Sequence[CustomerId]:
    """The next customers whose progress is kept as the live program counts it."""
    return db.scalars(
        select(TierProgressRow.customer_id)
        .where(
            TierProgressRow.tenant_id == tenant_id,
            TierProgressRow.customer_id > last,
            TierProgressRow.counted_by == rules.key,
        )
        .order_by(TierProgressRow.customer_id)
        .limit(BATCH_MAX)
    ).all()
