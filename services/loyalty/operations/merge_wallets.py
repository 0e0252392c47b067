"""Making one of two wallets, and two of one again. Source: docs/wallets.md."""

from collections.abc import Container
from datetime import datetime
from typing import NamedTuple

from sqlalchemy.orm import Session

from kernel.ids import CustomerId, TenantId, new_id
from kernel.points import Points
from services.loyalty.domain.by_hand import ByHand
from services.loyalty.domain.lot import Draw
from services.loyalty.domain.refusals.wallets import MergedAlready, SameCustomer, UnitsHeld
from services.loyalty.operations.carry_counts import carry_counts
from services.loyalty.operations.carry_earned import carry_earned
from services.loyalty.operations.carry_floor import carry_floor
from services.loyalty.operations.carry_kept import carry_kept
from services.loyalty.operations.carry_memberships import carry_memberships
from services.loyalty.operations.carry_places import carry_places
from services.loyalty.operations.carry_things import carry_things
from services.loyalty.operations.settle_tier import settle_tier
from services.loyalty.operations.time_out_holds import time_out_holds_of
from services.loyalty.operations.transfer_units import tell_both
from services.loyalty.queries.customers import all_locked
from services.loyalty.queries.wallet_merges import merge_in_force
from services.loyalty.tables.books import Books, Holding, movement
from services.loyalty.tables.moves import MergedLotRow, WalletMergeRow
from services.loyalty.tables.standings import Standing


class Moved(NamedTuple):
    """A lot under its new id, the id it had, and how much of it moved."""

    id: str
    came_from: str
    amount: int


def merge_wallets(
    db: Session,
    tenant_id: TenantId,
    *,
    source: CustomerId,
    into: CustomerId,
    by: ByHand,
    at: datetime,
) -> WalletMergeRow:
    """Bring all that the one customer has to the other: every lot that has not died, with its own dates, debts too;
    what is counted of them, what they hold beside units, and their places in families.

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
        reason=by.reason,
        actor=by.actor,
        recorded_at=at,
        undone_at=None,
    )
    db.add(merge)
    db.flush()
    bring(db, merge, standings[source], standings[into], at=at, trace=by.trace)
    carry_places(db, merge, at=at, trace=by.trace)
    carry_floor(db, merge, standings[source], standings[into], at=at)
    carry_kept(db, merge, standings[source], standings[into], at=at)
    settle_tier(db, standings[into], at=at, purchases_changed=True)
    return merge


def bring(
    db: Session, merge: WalletMergeRow, source: Standing, into: Standing, *, at: datetime, trace: str | None
) -> int:
    """Move what is counted of the one and all they hold to the other, and remember it; returns of how many."""
    books = Books(at)
    count = carry_counts(db, merge) + carry_things(db, merge, at=at)
    count += carry_memberships(db, merge, source, into, at=at, trace=trace)
    count += carry_earned(db, books, merge, source, into)
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
