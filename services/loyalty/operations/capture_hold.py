"""Spending units that were set aside."""

from datetime import datetime

from sqlalchemy.orm import Session

from kernel.ids import TenantId
from kernel.points import Points
from services.loyalty.domain.burn import plan_burn
from services.loyalty.domain.refusals.wallets import CaptureTooLarge
from services.loyalty.operations.be_active import be_active
from services.loyalty.operations.release_hold import open_hold
from services.loyalty.operations.time_out_holds import time_out_holds_of
from services.loyalty.queries.program_shelf import SHELF
from services.loyalty.tables.books import Books, movement
from services.loyalty.tables.holds import HoldRow


def capture_hold(
    db: Session, tenant_id: TenantId, hold_id: str, amount: Points | None = None, *, at: datetime
) -> HoldRow:
    """Burn what was set aside, or less; the rest is free again. Exactly one of capture, release and time-out happens.

    Raises HoldUnknown, HoldClosed and CaptureTooLarge; and InsufficientPoints when a return took the units meanwhile.
    """
    hold, standing = open_hold(db, tenant_id, hold_id, at=at)
    captured = Points(hold.left) if amount is None else amount
    if captured > hold.left:
        raise CaptureTooLarge(held=hold.left, asked=captured)
    books = Books(at)
    wallet = books.open_wallet(db, standing, hold.unit)
    time_out_holds_of(db, books, standing, wallet)
    books.hold(standing, wallet, -hold.left)
    if program := SHELF.live(db, tenant_id, at):
        be_active(db, books, standing, program.document, at)
    lots = [opened.lot for opened in (wallet.lots or {}).values()]
    # Units that could be spent when they were set aside can be spent still, even if their lot has died since.
    draws = plan_burn(lots, captured, at=at, held=wallet.held, since=hold.created_at)
    books.take(standing, wallet, movement("burn", "redeemed", hold.id, at), draws)
    hold.status, hold.captured, hold.closed_at = "captured", Points(hold.captured + captured), at
    books.close(db)
    db.flush()
    return hold
