"""Finding vouchers and reservations."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from kernel.ids import CustomerId, TenantId
from services.loyalty.domain.refusals.codes import ReservationUnknown, VoucherUnknown
from services.loyalty.tables.reservations import ReservationRow
from services.loyalty.tables.vouchers import VoucherRow


def voucher_status(voucher: VoucherRow, at: datetime) -> str:
    """What a voucher is by the clock: issued, reserved, used, revoked or expired."""
    if voucher.status != "issued":
        return voucher.status
    if voucher.valid_until is not None and voucher.valid_until <= at:
        return "expired"
    return "reserved" if voucher.reserved_until is not None and voucher.reserved_until > at else "issued"


def reservation_status(reservation: ReservationRow, at: datetime) -> str:
    """What a reservation is by the clock: reserved, used, released or expired."""
    return "expired" if reservation.status == "reserved" and reservation.expires_at <= at else reservation.status


def find_voucher(db: Session, tenant_id: TenantId, voucher_id: str) -> VoucherRow:
    """A voucher by its id. Raises VoucherUnknown."""
    voucher = db.get(VoucherRow, (tenant_id, voucher_id))
    if voucher is None:
        raise VoucherUnknown
    return voucher


def voucher_by_code(db: Session, tenant_id: TenantId, plain: str) -> VoucherRow | None:
    """A voucher by its code in its plain form."""
    return db.scalar(select(VoucherRow).where(VoucherRow.tenant_id == tenant_id, VoucherRow.code == plain))


def vouchers_by_code(
    db: Session, tenant_id: TenantId, customer_id: CustomerId, codes: Sequence[str]
) -> Sequence[VoucherRow]:
    """A customer's own vouchers of these codes, in their plain form."""
    return db.scalars(
        select(VoucherRow)
        .where(
            VoucherRow.tenant_id == tenant_id, VoucherRow.customer_id == customer_id, VoucherRow.code.in_(list(codes))
        )
        .order_by(VoucherRow.id)
    ).all()


def find_reservation(db: Session, tenant_id: TenantId, reservation_id: str) -> ReservationRow:
    """A reservation. Raises ReservationUnknown."""
    reservation = db.get(ReservationRow, (tenant_id, reservation_id))
    if reservation is None:
        raise ReservationUnknown
    return reservation


def vouchers_reserved_by(db: Session, reservation: ReservationRow) -> Sequence[VoucherRow]:
    """The vouchers that a reservation has to itself."""
    return db.scalars(
        select(VoucherRow)
        .where(VoucherRow.tenant_id == reservation.tenant_id, VoucherRow.reserved_by == reservation.id)
        .order_by(VoucherRow.id)
    ).all()
