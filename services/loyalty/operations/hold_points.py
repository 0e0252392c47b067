"""Setting units aside at checkout."""

from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from kernel.ids import CustomerId, TenantId, new_id
from kernel.points import Points
from services.loyalty.domain.burn import plan_burn
from services.loyalty.operations.time_out_holds import time_out_holds_of
from services.loyalty.queries.customers import locked, welcome
from services.loyalty.queries.program_shelf import clamps
from services.loyalty.tables.books import Books
from services.loyalty.tables.holds import HoldRow


def hold_points(
    db: Session,
    tenant_id: TenantId,
    customer_id: CustomerId,
    *,
    unit: str,
    amount: Points,
    lasting: timedelta,
    reference: str | None,
    at: datetime,
) -> HoldRow:
    """Set units aside until captured, released, or timed out: what there is of them, where the program clamps.

    Raises NoSuchCustomer, CustomerBlocked and InsufficientPoints.
    """
    standing = welcome(locked(db, tenant_id, customer_id), customer_id)
    books = Books(at)
    wallet = books.open_wallet(db, standing, unit)
    time_out_holds_of(db, books, standing, wallet)
    lots = [opened.lot for opened in (wallet.lots or {}).values()]
    draws = plan_burn(lots, amount, at=at, held=wallet.held, clamp=clamps(db, tenant_id, unit, at))
    amount = Points(sum(draw.amount for draw in draws))
    hold = HoldRow(
        tenant_id=tenant_id,
        id=new_id("hld"),
        customer_id=customer_id,
        unit=unit,
        amount=amount,
        captured=Points(0),
        status="held",
        reference=reference,
        created_at=at,
        expires_at=at + lasting,
        closed_at=None,
    )
    db.add(hold)
    books.hold(standing, wallet, amount)
    books.close(db)
    db.flush()
    return hold
