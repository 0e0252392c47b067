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
    WHERE m.tenant_id = :tenant_id AND m.undone_at IS NULL AND NOT EXISTS (
        SELECT FROM wallets w WHERE w.tenant_id = m.tenant_id AND w.customer_id = m.from_customer_id AND w.held > 0
    ) AND (
        EXISTS (SELECT FROM wallets w WHERE w.tenant_id = m.tenant_id AND w.customer_id = m.from_customer_id
                  AND (w.balance <> w.expired OR w.earned <> 0))
        OR EXISTS (SELECT FROM customers c WHERE c.tenant_id = m.tenant_id AND c.customer_id = m.from_customer_id
                     AND c.purchases <> 0)
        OR EXISTS (SELECT FROM stamp_cards s WHERE s.tenant_id = m.tenant_id AND s.customer_id = m.from_customer_id
                     AND s.stamps <> 0)
        OR EXISTS (SELECT FROM tallies t WHERE t.tenant_id = m.tenant_id AND t.each = 'customer'
                     AND t.holder = m.from_customer_id AND t.amount <> 0)
        OR EXISTS (SELECT FROM vouchers v WHERE v.tenant_id = m.tenant_id AND v.customer_id = m.from_customer_id
                     AND v.status = 'issued' AND coalesce(v.reserved_until <= :at, true))
        OR EXISTS (SELECT FROM passes p WHERE p.tenant_id = m.tenant_id AND p.customer_id = m.from_customer_id
                     AND p.status = 'issued' AND p.entries_left > 0)
        OR EXISTS (SELECT FROM memberships b JOIN membership_entries e
                     ON e.tenant_id = b.tenant_id AND e.membership_id = b.id AND e.kind <> 'frozen'
                   WHERE b.tenant_id = m.tenant_id AND b.customer_id = m.from_customer_id
                   GROUP BY b.id HAVING sum(e.months) <> 0 OR sum(e.days) <> 0)
    )
    ORDER BY m.id LIMIT :limit
""")


def follow_merges(db: Session, tenant_id: TenantId, *, at: datetime) -> int:
    """Bring what came to merged customers since, for at most BATCH_MAX of them; returns for how many it did."""
    followed = 0
    for merge_id in db.scalars(BEHIND, {"tenant_id": tenant_id, "limit": BATCH_MAX, "at": at}).all():
        merge, standings = lock_merge(db, tenant_id, merge_id)
        if merge.undone_at is None:
            source, into = standings[merge.from_customer_id], standings[merge.into_customer_id]
            followed += bring(db, merge, source, into, at=at, trace=None) > 0
    return followed
