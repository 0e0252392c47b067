"""Giving units to another customer. Source: docs/wallets.md."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from contracts.events.loyalty import PointsTransferred
from kernel.ids import CustomerId, TenantId, new_id
from kernel.points import Points
from services.loyalty.domain.burn import plan_burn
from services.loyalty.domain.by_hand import ByHand
from services.loyalty.domain.lot import Draw
from services.loyalty.domain.refusals.wallets import SameCustomer
from services.loyalty.operations.time_out_holds import time_out_holds_of
from services.loyalty.queries.customers import all_locked, welcome
from services.loyalty.tables.books import Books, Holding, movement
from services.loyalty.tables.moves import TransferRow


def transfer_units(
    db: Session,
    tenant_id: TenantId,
    *,
    giver: CustomerId,
    taker: CustomerId,
    unit: str,
    amount: Points,
    by: ByHand,
    at: datetime,
) -> TransferRow:
    """Move units that the giver could spend: those that die first, each with its own dates.

    The taker's debt is paid first. Raises SameCustomer, NoSuchCustomer, CustomerBlocked and InsufficientPoints.
    """
    if giver == taker:
        raise SameCustomer
    standings = all_locked(db, tenant_id, [giver, taker])
    books = Books(at)
    giving, taking = [
        (welcome(standings[customer_id], customer_id), books.open_wallet(db, standings[customer_id], unit))
        for customer_id in (giver, taker)
    ]
    time_out_holds_of(db, books, *giving)
    draws = plan_burn(giving[1].open_lots, amount, at=at, held=giving[1].held)
    transfer = move(db, books, giving, taking, draws, by=by, pool_id=None)
    books.close(db)
    db.flush()
    return transfer


def move(
    db: Session,
    books: Books,
    giving: Holding,
    taking: Holding,
    draws: Sequence[Draw],
    *,
    by: ByHand,
    pool_id: str | None,
) -> TransferRow:
    """Post one transfer of what was chosen, and tell both."""
    standing, wallet = giving
    transfer = TransferRow(
        tenant_id=standing.tenant_id,
        id=new_id("trf"),
        from_customer_id=standing.customer_id,
        to_customer_id=taking[0].customer_id,
        unit=wallet.unit,
        amount=Points(sum(draw.amount for draw in draws)),
        reason=by.reason,
        actor=by.actor,
        pool_id=pool_id,
        recorded_at=books.at,
    )
    db.add(transfer)
    books.move(movement("transfer", "transferred", transfer.id, books.at), giving, taking, draws)
    tell_both(books, giving, taking, transfer.id, transfer.amount, by.trace)
    return transfer


def tell_both(books: Books, giving: Holding, taking: Holding, transfer_id: str, amount: int, trace: str | None) -> None:
    """Tell each of two customers what moved, from their side."""
    for (standing, wallet), (other, _wallet), signed in ((giving, taking, -amount), (taking, giving, amount)):
        books.postings.tell(
            PointsTransferred(
                tenant_id=standing.tenant_id,
                customer_id=standing.customer_id,
                occurred_at=books.at,
                transfer_id=transfer_id,
                other_customer_id=other.customer_id,
                unit=wallet.unit,
                amount=signed,
                balance=Points(wallet.balance),
            ),
            trace,
        )
