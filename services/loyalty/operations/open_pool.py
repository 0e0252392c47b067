"""Letting customers spend each other's units. Source: docs/adr/0031-a-pool-gathers.md."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from kernel.ids import CustomerId, TenantId, new_id
from services.loyalty.operations.join_pool import join_pool
from services.loyalty.tables.moves import PoolRow


def open_pool(
    db: Session, tenant_id: TenantId, owner: CustomerId, others: Sequence[CustomerId], *, at: datetime
) -> PoolRow:
    """A pool of these customers. Raises NoSuchCustomer, CustomerBlocked, InAnotherPool and PoolFull."""
    pool = PoolRow(tenant_id=tenant_id, id=new_id("pol"), owner_id=owner, created_at=at)
    db.add(pool)
    db.flush()
    join_pool(db, pool, list(dict.fromkeys([owner, *others])), at=at)
    return pool
