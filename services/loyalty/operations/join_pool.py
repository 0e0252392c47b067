"""Letting customers into a pool. Source: docs/adr/0031-a-pool-gathers.md."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from kernel.ids import CustomerId
from services.loyalty.domain.refusals.wallets import InAnotherPool, PoolFull
from services.loyalty.queries.customers import all_locked, welcome
from services.loyalty.queries.pools import pool_of, size_of
from services.loyalty.tables.moves import PoolMemberRow, PoolRow

MEMBERS_MAX = 20


def join_pool(db: Session, pool: PoolRow, customers: Sequence[CustomerId], *, at: datetime) -> None:
    """Let customers into the pool. Raises NoSuchCustomer, CustomerBlocked, InAnotherPool and PoolFull."""
    standings = all_locked(db, pool.tenant_id, customers)
    for customer_id in customers:
        welcome(standings[customer_id], customer_id)
        if pool_of(db, pool.tenant_id, customer_id) is not None:
            raise InAnotherPool(customer_id=customer_id)
    # Whoever joins holds the pool's row, so that two who come at once cannot both be the last that fits.
    db.refresh(pool, with_for_update=True)
    if size_of(db, pool) + len(customers) > MEMBERS_MAX:
        raise PoolFull(most=MEMBERS_MAX)
    db.add_all(
        PoolMemberRow(tenant_id=pool.tenant_id, pool_id=pool.id, customer_id=customer_id, joined_at=at, left_at=None)
        for customer_id in customers
    )
    db.flush()
