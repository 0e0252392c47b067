"""Making one of two wallets, and two of one again. Source: docs/wallets.md."""

from collections.abc import Container, Mapping
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from kernel.ids import CustomerId, TenantId, new_id
from kernel.points import Points
from services.loyalty.domain.lot import Draw
from services.loyalty.domain.refusals import MergedAlready, MergeUndone, MergeUnknown, SameCustomer, UnitsHeld
from services.loyalty.operations.time_out_holds import time_out_holds_of
from services.loyalty.operations.transfer_units import tell_both
from services.loyalty.queries.customers import all_locked
from services.loyalty.tables.books import Books, Holding, movement
from services.loyalty.tables.moves import MergedLotRow, WalletMergeRow
from services.loyalty.tables.standings import Standing

BATCH_MAX = 50


class Moved(NamedTuple):
    """A lot under its new id, the id it had, and how much of it moved."""

    id: str
    came_from: str
    amount: int


# What came to a merged customer since: a till that knows the old card only, an offline sale, a debt.
BEHIND = text("""
    SELECT m.id FROM wallet_merges m
    WHERE m.tenant_id = :tenant_id AND m.undone_at IS NULL AND EXISTS (
        SELECT FROM wallets w WHERE w.tenant_id = m.tenant_id AND w.customer_id = m.from_customer_id
          AND w.balance <> w.expired AND w.held = 0)
    ORDER BY m.id LIMIT :limit
""")


def merge_wallets(
    db: Session,
    tenant_id: TenantId,
    *,
    source: CustomerId,
    into: CustomerId,
    reason: str,
    actor: str,
    at: datetime,
    trace: str | None = None,
) -> WalletMergeRow:
    """Bring all that the one customer has to the other: every lot that has not died, with its own dates, debts too.

    Purchases stay with whom they were made for. What the first earns from now on follows.
    Raises SameCustomer, NoSuchCustomer, MergedAlready, and UnitsHeld while a checkout is open.
    """
    if source == into:
        raise SameCustomer
    standings = all_locked(db, tenant_id, [source, into])
    for customer_id in (source, into):
        if merge_in_force(db, tenant_id, customer_id) is not None:
            raise MergedAlready(customer_id=customer_id)
    merge = WalletMergeRow(
        tenant_id=tenant_id,
        id=new_id("mrg"),
        from_customer_id=source,
        into_customer_id=into,
        reason=reason,
        actor=actor,
        recorded_at=at,
        undone_at=None,
    )
    db.add(merge)
    db.flush()
    bring(db, merge, standings[source], standings[into], at=at, trace=trace)
    return merge


def follow_merges(db: Session, tenant_id: TenantId, *, at: datetime) -> int:
    """Bring what came to merged customers since, for at most BATCH_MAX of them; returns for how many it did."""
    followed = 0
    for merge_id in db.scalars(BEHIND, {"tenant_id": tenant_id, "limit": BATCH_MAX}).all():
        merge, standings = lock_merge(db, tenant_id, merge_id)
        if merge.undone_at is None:
            source, into = standings[merge.from_customer_id], standings[merge.into_customer_id]
            followed += bring(db, merge, source, into, at=at, trace=None) > 0
    return followed


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
    books.close(db)
    db.flush()
    return merge


def bring(
    db: Session, merge: WalletMergeRow, source: Standing, into: Standing, *, at: datetime, trace: str | None
) -> int:
    """Move everything that lives in the one's wallets to the other's, and remember it; returns how many lots."""
    books = Books(at)
    count = 0
    for unit in sorted(source.wallets):
        giving, taking = open_both(db, books, source, into, unit)
        moved = move_all(books, giving, taking, merge.id, only=None, trace=trace)
        db.add_all(
            MergedLotRow(
                tenant_id=merge.tenant_id,
                merge_id=merge.id,
                lot_id=lot.id,
                origin_lot_id=lot.came_from,
                unit=unit,
                amount=Points(lot.amount),
            )
            for lot in moved
        )
        count += len(moved)
    books.close(db)
    db.flush()
    return count


def open_both(db: Session, books: Books, giver: Standing, taker: Standing, unit: str) -> tuple[Holding, Holding]:
    """Both wallets with their lots. Raises UnitsHeld when some of the giver's are set aside."""
    giving, taking = [(standing, books.open_wallet(db, standing, unit)) for standing in (giver, taker)]
    time_out_holds_of(db, books, *giving)
    if giving[1].held:
        raise UnitsHeld(held=giving[1].held)
    return giving, taking


def move_all(
    books: Books, giving: Holding, taking: Holding, reference: str, *, only: Container[str] | None, trace: str | None
) -> list[Moved]:
    """Move what lives, or of that `only` some lots; debts in a transaction of their own.

    What has died stays, for the job to book.
    """
    lots = [lot for lot in giving[1].open_lots if not lot.is_expired(books.at) and (only is None or lot.id in only)]
    moved: list[Moved] = []
    for part in ([lot for lot in lots if lot.remaining > 0], [lot for lot in lots if lot.remaining < 0]):
        draws = [Draw(lot.id, lot.remaining) for lot in part]
        if draws:
            ids = books.move(
                movement("transfer", "transferred", reference, books.at), giving, taking, draws, same_person=True
            )
            moved += [Moved(lot_id, draw.lot, draw.amount) for lot_id, draw in zip(ids, draws, strict=True)]
    if moved:
        tell_both(books, giving, taking, reference, sum(lot.amount for lot in moved), trace)
    return moved


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
