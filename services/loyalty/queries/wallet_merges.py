"""Merges of wallets."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from kernel.ids import CustomerId, TenantId
from services.loyalty.domain.refusals.wallets import MergeUnknown
from services.loyalty.queries.customers import all_locked
from services.loyalty.tables.moves import WalletMergeRow
from services.loyalty.tables.standings import Standing


def merge_in_force(db: Session, tenant_id: TenantId, customer_id: CustomerId) -> WalletMergeRow | None:
    """The merge by which what the customer has goes to another one."""
    return db.scalars(
        select(WalletMergeRow).where(
            WalletMergeRow.tenant_id == tenant_id,
            WalletMergeRow.from_customer_id == customer_id,
            WalletMergeRow.undone_at.is_(None),
        )
    ).one_or_none()


def lock_merge(db: Session, tenant_id: TenantId, merge_id: str) -> tuple[WalletMergeRow, dict[CustomerId, Standing]]:
    """A merge and both its customers, who are locked. Raises MergeUnknown."""
    merge = db.get(WalletMergeRow, (tenant_id, merge_id))
    if merge is None:
        raise MergeUnknown
    standings = all_locked(db, tenant_id, [merge.from_customer_id, merge.into_customer_id])
    # Somebody may have undone it while we waited for the locks.
    db.refresh(merge)
    return merge, standings
