"""Letting go of vouchers and coupons that a checkout has to itself."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from kernel.ids import TenantId
from services.loyalty.domain.refusals.codes import ReservationClosed
from services.loyalty.queries.customers import locked
from services.loyalty.queries.vouchers import find_reservation, reservation_status, vouchers_reserved_by
from services.loyalty.tables.coupons import free_reserved
from services.loyalty.tables.reservations import ReservationRow


def release_reservation(db: Session, tenant_id: TenantId, reservation_id: str, *, at: datetime) -> ReservationRow:
    """Free the vouchers and coupons. Exactly one of purchase, release and time-out happens.

    Raises ReservationUnknown and ReservationClosed.
    """
    locked(db, tenant_id, find_reservation(db, tenant_id, reservation_id).customer_id)
    named = (ReservationRow.tenant_id == tenant_id, ReservationRow.id == reservation_id)
    again = select(ReservationRow).where(*named).execution_options(populate_existing=True)
    reservation = db.scalars(again).one()
    status = reservation_status(reservation, at)
    if status != "reserved":
        raise ReservationClosed(status=status)
    for voucher in vouchers_reserved_by(db, reservation):
        voucher.reserved_by = voucher.reserved_until = None
    free_reserved(db, tenant_id, reservation_id)
    reservation.status, reservation.closed_at = "released", at
    db.flush()
    return reservation
