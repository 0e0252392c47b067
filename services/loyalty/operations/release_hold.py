"""Freeing units that were set aside."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from kernel.ids import TenantId
from services.loyalty.domain.refusals.wallets import HoldClosed, HoldUnknown
from services.loyalty.queries.customers import locked
from services.loyalty.tables.books import Books
from services.loyalty.tables.holds import HoldRow
from services.loyalty.tables.standings import Standing


def release_hold(db: Session, tenant_id: TenantId, hold_id: str, *, at: datetime) -> HoldRow:
    """Free what was set aside. Raises HoldUnknown and HoldClosed."""
    hold, standing = open_hold(db, tenant_id, hold_id, at=at)
    books = Books(at)
    books.hold(standing, books.open_wallet(db, standing, hold.unit), -hold.left)
    hold.status, hold.closed_at = "released", at
    books.close(db)
    db.flush()
    return hold


def open_hold(db: Session, tenant_id: TenantId, hold_id: str, *, at: datetime) -> tuple[HoldRow, Standing]:
    """A hold that is still open, its customer locked. Raises HoldUnknown and HoldClosed."""
    named = (HoldRow.tenant_id == tenant_id, HoldRow.id == hold_id)
    customer_id = db.scalar(select(HoldRow.customer_id).where(*named))
    if customer_id is None:
        raise HoldUnknown
    standing = locked(db, tenant_id, customer_id)
    hold = db.scalars(select(HoldRow).where(*named)).one()
    if hold.status != "held" or hold.expires_at <= at:
        raise HoldClosed(status="expired" if hold.status == "held" else hold.status)
    return hold, standing
