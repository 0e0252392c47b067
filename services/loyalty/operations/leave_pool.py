"""Letting a customer out of a pool. Source: docs/adr/0031-a-pool-gathers.md."""

from datetime import datetime

from sqlalchemy.orm import Session

from kernel.ids import CustomerId, TenantId
from services.loyalty.domain.refusals.wallets import NotInPool
from services.loyalty.queries.customers import all_locked
from services.loyalty.queries.pools import find_pool, pool_of
from services.loyalty.tables.moves import PoolRow


def leave_pool(db: Session, tenant_id: TenantId, pool_id: str, customer_id: CustomerId, *, at: datetime) -> PoolRow:
    """Let a customer go, with what is theirs. Raises PoolUnknown, NoSuchCustomer and NotInPool."""
    pool = find_pool(db, tenant_id, pool_id)
    all_locked(db, tenant_id, [customer_id])
    member = pool_of(db, tenant_id, customer_id)
    if member is None or member.pool_id != pool_id:
        raise NotInPool(customer_id=customer_id)
    member.left_at = at
    db.flush()
    return pool
