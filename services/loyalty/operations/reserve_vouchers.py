"""Setting vouchers and coupons aside for a checkout. Source: docs/rules/vouchers.md, docs/rules/coupons.md."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from kernel.ids import CustomerId, TenantId, new_id
from services.loyalty.domain.coupon import CouponFacts, readings
from services.loyalty.domain.coupons import why_not
from services.loyalty.domain.local_day import local_date
from services.loyalty.domain.refusals.codes import CouponClosed, VoucherClosed, VoucherUnknown
from services.loyalty.domain.voucher_code import normalised
from services.loyalty.queries.customers import locked, welcome
from services.loyalty.queries.vouchers import voucher_status, vouchers_by_code
from services.loyalty.queries.zone import zone_of
from services.loyalty.tables.coupons import CouponReservationRow, Coupons, Shown, forget_reserved
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
    """Give one checkout the customer's vouchers, and a use of each coupon, to itself: all of them or none.

    Raises NoSuchCustomer, CustomerBlocked, VoucherUnknown, VoucherClosed and CouponClosed.
    """
    welcome(locked(db, tenant_id, customer_id), customer_id)
    vouchers = vouchers_by_code(db, tenant_id, customer_id, sorted({normalised(code) for code in codes}))
    own = {voucher.code for voucher in vouchers}
    coupons = usable(db, tenant_id, customer_id, [code for code in codes if normalised(code) not in own], at)
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
    forget_reserved(db, tenant_id, [coupon.campaign for coupon in coupons], at)
    db.add_all(
        CouponReservationRow(
            tenant_id=tenant_id,
            reservation_id=reservation.id,
            code=coupon.code,
            campaign_id=coupon.campaign,
            customer_id=customer_id,
            reserved_until=reservation.expires_at,
        )
        for coupon in coupons
    )
    db.flush()
    return reservation


def usable(
    db: Session, tenant_id: TenantId, customer_id: CustomerId, codes: Sequence[str], at: datetime
) -> tuple[CouponFacts, ...]:
    """The coupons of these codes, locked where they are counted. Raises VoucherUnknown and CouponClosed."""
    coupons = Coupons(at)
    meant = {code: [Shown(tenant_id, *reading, customer_id) for reading in readings([code])] for code in codes}
    shown = [each for readings_of_one in meant.values() for each in readings_of_one]
    coupons.load(db, shown)
    if not all(coupons.facts(each) for each in meant.values()):
        raise VoucherUnknown
    found = coupons.facts(shown)
    today = local_date(at, zone_of(db, tenant_id)) if found else at.date()
    for coupon in found:
        if why := why_not(coupon, today, known=True):
            raise CouponClosed(code=coupon.written, status=why.removeprefix("coupon_"))
    return found
