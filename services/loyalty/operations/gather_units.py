"""Gathering a pool's units with the one who is about to spend them. Source: docs/adr/0031-a-pool-gathers.md."""

from datetime import datetime

from sqlalchemy.orm import Session

from kernel.ids import CustomerId, TenantId
from kernel.points import Points
from services.loyalty.domain.burn import plan_burn, spendable
from services.loyalty.domain.by_hand import ByHand
from services.loyalty.domain.pooling import plan_gathering
from services.loyalty.domain.refusals.wallets import InsufficientPoints, NotInPool
from services.loyalty.operations.time_out_holds import time_out_holds_of
from services.loyalty.operations.transfer_units import move
from services.loyalty.queries.customers import all_locked, welcome
from services.loyalty.queries.pools import find_pool, members_of, pool_of
from services.loyalty.tables.books import Books, Holding
from services.loyalty.tables.moves import TransferRow

REASON = "gathered for one of the pool"


def gather_units(
    db: Session,
    tenant_id: TenantId,
    pool_id: str,
    customer_id: CustomerId,
    *,
    unit: str,
    amount: Points,
    actor: str,
    at: datetime,
    trace: str | None = None,
) -> list[TransferRow]:
    """Bring units of the others to the customer, until they can spend `amount`; nothing when they can already.

    Those of the others that die first come first, each with its own dates. Blocked members give nothing.
    Raises PoolUnknown, NotInPool, CustomerBlocked, and InsufficientPoints when all of the pool have less.
    """
    pool = find_pool(db, tenant_id, pool_id)
    standings = all_locked(db, tenant_id, members_of(db, pool))
    mine = pool_of(db, tenant_id, customer_id)
    if customer_id not in standings or mine is None or mine.pool_id != pool_id:
        raise NotInPool(customer_id=customer_id)
    welcome(standings[customer_id], customer_id)
    books = Books(at)
    # Who left while we waited for the locks is no longer asked.
    wallets: dict[CustomerId, Holding] = {
        member: (standings[member], books.open_wallet(db, standings[member], unit))
        for member in members_of(db, pool)
        if member in standings and standings[member].status != "blocked"
    }
    able: dict[CustomerId, int] = {}
    for member, (standing, wallet) in wallets.items():
        time_out_holds_of(db, books, standing, wallet)
        able[member] = spendable(wallets[member][1].open_lots, at=at, held=wallet.held)
    needed = amount - able.pop(customer_id)
    if needed > sum(able.values()):
        raise InsufficientPoints(needed=amount, available=amount - needed + sum(able.values()))
    shares = plan_gathering({member: wallets[member][1].open_lots for member in able}, able, needed, at=at)
    transfers = []
    for member, share in shares.items():
        giving = wallets[member]
        draws = plan_burn(giving[1].open_lots, share, at=at, held=giving[1].held)
        transfers.append(
            move(
                db,
                books,
                giving,
                wallets[customer_id],
                draws,
                by=ByHand(actor, REASON, trace),
                pool_id=pool.id,
            )
        )
    books.close(db)
    db.flush()
    return transfers
