"""Setting vouchers aside for a checkout."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from kernel.ids import CustomerId, TenantId, new_id
from services.loyalty.domain.refusals import VoucherClosed, VoucherUnknown
from services.loyalty.domain.voucher_code import normalised
from services.loyalty.operations.record_purchases import welcome
from services.loyalty.queries.customers import locked
from services.loyalty.queries.vouchers import voucher_status, vouchers_by_code
from services.loyalty.tables.reservations import ReservationRow


def reserve_vouchers(
    db: Session,
    tenant_id: TenantId,
    customer_id: CustomerId,
    codes: Sequence[str],
    *,
    lasting: timedelta,
    reference: str | None,
    at: datetime,
) -> ReservationRow:
    """Give one checkout the customer's vouchers to itself, all of them or none.

    Raises NoSuchCustomer, CustomerBlocked, VoucherUnknown and VoucherClosed.
    """
    welcome(locked(db, tenant_id, customer_id), customer_id)
    wanted = {normalised(code) for code in codes}
    vouchers = vouchers_by_code(db, tenant_id, customer_id, sorted(wanted))
    if len(vouchers) < len(wanted):
        raise VoucherUnknown
    for voucher in vouchers:
        if (status := voucher_status(voucher, at)) != "issued":
            raise VoucherClosed(status=status)
    reservation = ReservationRow(
        tenant_id=tenant_id,
        id=new_id("rsv"),
        customer_id=customer_id,
        status="reserved",
        reference=reference,
        created_at=at,
        expires_at=at + lasting,
        closed_at=None,
    )
    db.add(reservation)
    for voucher in vouchers:
        voucher.reserved_by, voucher.reserved_until = reservation.id, reservation.expires_at
    db.flush()
    return reservation
