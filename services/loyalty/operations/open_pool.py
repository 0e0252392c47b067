"""Letting customers spend each other's units. Source: docs/adr/0031-a-pool-gathers.md."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from kernel.ids import CustomerId, TenantId, new_id
from services.loyalty.domain.refusals import InAnotherPool, NotInPool, PoolFull, PoolUnknown
from services.loyalty.operations.record_purchases import welcome
from services.loyalty.queries.customers import all_locked
from services.loyalty.tables.moves import PoolMemberRow, PoolRow

MEMBERS_MAX = 20


def open_pool(
    db: Session, tenant_id: TenantId, owner: CustomerId, others: Sequence[CustomerId], *, at: datetime
) -> PoolRow:
    """A pool of these customers. Raises NoSuchCustomer, CustomerBlocked, InAnotherPool and PoolFull."""
    pool = PoolRow(tenant_id=tenant_id, id=new_id("pol"), owner_id=owner, created_at=at)
    db.add(pool)
    db.flush()
    join_pool(db, pool, list(dict.fromkeys([owner, *others])), at=at)
    return pool


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


def find_pool(db: Session, tenant_id: TenantId, pool_id: str) -> PoolRow:
    """A pool by its id. Raises PoolUnknown."""
    pool = db.get(PoolRow, (tenant_id, pool_id))
    if pool is None:
        raise PoolUnknown
    return pool


def pool_of(db: Session, tenant_id: TenantId, customer_id: CustomerId) -> PoolMemberRow | None:
    """The customer's place in a pool, if they are in one."""
    return db.scalars(
        select(PoolMemberRow).where(
            PoolMemberRow.tenant_id == tenant_id,
            PoolMemberRow.customer_id == customer_id,
            PoolMemberRow.left_at.is_(None),
        )
    ).one_or_none()


def members_of(db: Session, pool: PoolRow) -> Sequence[CustomerId]:
    """Who is in the pool, in the order of their ids."""
    return db.scalars(
        select(PoolMemberRow.customer_id)
        .where(
            PoolMemberRow.tenant_id == pool.tenant_id,
            PoolMemberRow.pool_id == pool.id,
            PoolMemberRow.left_at.is_(None),
        )
        .order_by(PoolMemberRow.customer_id)
    ).all()


def size_of(db: Session, pool: PoolRow) -> int:
    """How many are in the pool."""
    members = select(func.count()).where(
        PoolMemberRow.tenant_id == pool.tenant_id, PoolMemberRow.pool_id == pool.id, PoolMemberRow.left_at.is_(None)
    )
    return db.execute(members).scalar_one()
