"""Making two wallets of one again. Source: docs/wallets.md."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from kernel.ids import TenantId
from kernel.points import Points
from services.loyalty.domain.refusals.wallets import MergedAlready, MergeUndone
from services.loyalty.operations.carry_counts import carry_counts
from services.loyalty.operations.carry_earned import carry_earned
from services.loyalty.operations.carry_floor import carry_floor
from services.loyalty.operations.carry_kept import carry_kept
from services.loyalty.operations.carry_memberships import carry_memberships
from services.loyalty.operations.carry_places import carry_places
from services.loyalty.operations.carry_things import carry_things
from services.loyalty.operations.merge_wallets import Moved, move_all, open_both
from services.loyalty.operations.settle_tier import settle_tier
from services.loyalty.queries.wallet_merges import lock_merge, merge_in_force
from services.loyalty.tables.books import Books
from services.loyalty.tables.moves import MergedLotRow, WalletMergeRow


def undo_merge(
    db: Session, tenant_id: TenantId, merge_id: str, *, at: datetime, trace: str | None = None
) -> WalletMergeRow:
    """Give back what is left of what the merge brought. What was spent meanwhile stays spent.

    Raises MergeUnknown, MergeUndone, MergedAlready when the other customer was merged on since, and UnitsHeld.
    """
    merge, standings = lock_merge(db, tenant_id, merge_id)
    if merge.undone_at is not None:
        raise MergeUndone
    if merge_in_force(db, tenant_id, merge.into_customer_id) is not None:
        raise MergedAlready(customer_id=merge.into_customer_id)
    brought = db.scalars(
        select(MergedLotRow).where(MergedLotRow.tenant_id == tenant_id, MergedLotRow.merge_id == merge_id)
    ).all()
    books = Books(at)
    giver, taker = standings[merge.into_customer_id], standings[merge.from_customer_id]
    for unit in sorted({lot.unit for lot in brought}):
        giving, taking = open_both(db, books, giver, taker, unit)
        theirs = {lot.lot_id: lot.origin_lot_id for lot in brought if lot.unit == unit}
        moved = move_all(books, giving, taking, merge.id, only=theirs, trace=trace)
        stand_in(db, tenant_id, {theirs[lot.came_from]: lot for lot in moved}, unit)
    merge.undone_at = at
    carry_earned(db, books, merge, taker, giver)
    books.close(db)
    db.flush()
    carry_counts(db, merge)
    carry_things(db, merge, at=at)
    carry_memberships(db, merge, taker, giver, at=at, trace=trace)
    carry_places(db, merge, at=at, trace=trace)
    carry_floor(db, merge, taker, giver, at=at)
    carry_kept(db, merge, taker, giver, at=at)
    db.flush()
    settle_tier(db, giver, at=at, purchases_changed=True)
    return merge


def stand_in(db: Session, tenant_id: TenantId, moved: Mapping[str, Moved], unit: str) -> None:
    """A lot that came back stands for the one that had gone, also for an earlier merge that had brought that one."""
    earlier = db.scalars(
        select(MergedLotRow).where(MergedLotRow.tenant_id == tenant_id, MergedLotRow.lot_id.in_(moved))
    ).all()
    db.add_all(
        MergedLotRow(
            tenant_id=tenant_id,
            merge_id=row.merge_id,
            lot_id=moved[row.lot_id].id,
            origin_lot_id=row.origin_lot_id,
            unit=unit,
            amount=Points(moved[row.lot_id].amount),
        )
        for row in earlier
    )
