"""Giving or taking units by hand."""

from datetime import datetime

from sqlalchemy.orm import Session

from contracts.events.loyalty import PointsAdjusted
from kernel.ids import CustomerId, TenantId, new_id
from kernel.points import Points
from services.loyalty.domain.burn import plan_burn
from services.loyalty.domain.by_hand import ByHand
from services.loyalty.domain.refusals.wallets import EndsInThePast
from services.loyalty.operations.time_out_holds import time_out_holds_of
from services.loyalty.queries.customers import locked
from services.loyalty.queries.program_shelf import clamps
from services.loyalty.tables.books import Books, movement
from services.loyalty.tables.ledger import AdjustmentRow


def adjust_points(
    db: Session,
    tenant_id: TenantId,
    customer_id: CustomerId,
    *,
    unit: str,
    amount: Points,
    by: ByHand,
    expires_at: datetime | None,
    at: datetime,
) -> tuple[AdjustmentRow, int]:
    """Add units as a lot of their own, or take them (`amount` below zero) as a burn would; and the balance after it.

    Where the program clamps, what there is is taken. Raises NoSuchCustomer, EndsInThePast for a gift that would be
    dead, and InsufficientPoints when more is taken than can be spent.
    """
    if expires_at is not None and expires_at <= at:
        raise EndsInThePast(expires_at=expires_at.isoformat())
    standing = locked(db, tenant_id, customer_id)
    books = Books(at)
    wallet = books.open_wallet(db, standing, unit)
    time_out_holds_of(db, books, standing, wallet)
    adjustment_id = new_id("adj")
    moved = movement("adjustment", "adjusted", adjustment_id, at)
    if amount > 0:
        books.add(standing, wallet, moved, amount, spendable_at=at, expires_at=expires_at)
    else:
        lots = [opened.lot for opened in (wallet.lots or {}).values()]
        draws = plan_burn(lots, -amount, at=at, held=wallet.held, clamp=clamps(db, tenant_id, unit, at))
        books.take(standing, wallet, moved, draws)
        amount = Points(-sum(draw.amount for draw in draws))
    adjustment = AdjustmentRow(
        tenant_id=tenant_id,
        id=adjustment_id,
        customer_id=customer_id,
        unit=unit,
        amount=amount,
        reason=by.reason,
        actor=by.actor,
        recorded_at=at,
    )
    db.add(adjustment)
    books.postings.tell(
        PointsAdjusted(
            tenant_id=tenant_id,
            customer_id=customer_id,
            occurred_at=at,
            unit=unit,
            amount=amount,
            balance=Points(wallet.balance),
        ),
        by.trace,
    )
    books.close(db)
    db.flush()
    return adjustment, wallet.balance
