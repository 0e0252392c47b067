"""Bringing what came to merged customers since. Source: docs/wallets.md."""

from datetime import datetime

from sqlalchemy import text
from sqlalchemy.orm import Session

from kernel.ids import TenantId
from services.loyalty.operations.merge_wallets import bring
from services.loyalty.queries.wallet_merges import lock_merge

BATCH_MAX = 50
# What came to a merged customer since: a till that knows the old card only, an offline sale, a debt.
BEHIND = text("""
    SELECT m.id FROM wallet_merges m
    WHERE m.tenant_id = :tenant_id AND m.undone_at IS NULL AND EXISTS (
        SELECT FROM wallets w WHERE w.tenant_id = m.tenant_id AND w.customer_id = m.from_customer_id
          AND w.balance <> w.expired AND w.held = 0)
    ORDER BY m.id LIMIT :limit
""")


def follow_merges(db: Session, tenant_id: TenantId, *, at: datetime) -> int:
    """Bring what came to merged customers since, for at most BATCH_MAX of them; returns for how many it did."""
    followed = 0
    for merge_id in db.scalars(BEHIND, {"tenant_id": tenant_id, "limit": BATCH_MAX}).all():
        merge, standings = lock_merge(db, tenant_id, merge_id)
        if merge.undone_at is None:
            source, into = standings[merge.from_customer_id], standings[merge.into_customer_id]
            followed += bring(db, merge, source, into, at=at, trace=None) > 0
    return followed
