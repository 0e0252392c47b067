"""Who is in a pool, and what they have together."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from chassis.data.pipelines import pipeline
from kernel.ids import CustomerId, TenantId
from services.loyalty.domain.refusals.wallets import PoolUnknown
from services.loyalty.domain.wallet import WalletView, wallet_view
from services.loyalty.tables.moves import PoolMemberRow, PoolRow
from services.loyalty.tables.standings import StandingsRequest, load_lots


@dataclass(frozen=True, slots=True)
class Share:
    """What one of a pool has."""

    customer_id: CustomerId
    blocked: bool
    view: WalletView


def shares_of(
    db: Session, tenant_id: TenantId, members: Sequence[CustomerId], unit: str, *, at: datetime
) -> list[Share]:
    """What each of them has in that unit, in the order of their ids."""
    with pipeline(db) as asking:
        request = StandingsRequest(asking, [(tenant_id, member) for member in members], lock=False)
    standings = sorted(request.answer().values(), key=lambda standing: standing.customer_id)
    opened = [(standing, standing.wallet(unit)) for standing in standings]
    load_lots(db, opened)
    return [
        Share(
            standing.customer_id, standing.status == "blocked", wallet_view(wallet.open_lots, held=wallet.held, at=at)
        )
        for standing, wallet in opened
    ]


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
