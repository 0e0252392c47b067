"""What a customer has beside units: stamp cards, memberships, vouchers."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from kernel.ids import CustomerId, TenantId
from services.loyalty.tables.memberships import MembershipRow
from services.loyalty.tables.stamp_cards import StampCardRow
from services.loyalty.tables.vouchers import VoucherRow

LAST_ID = "~"


def stamp_cards_of(db: Session, tenant_id: TenantId, customer_id: CustomerId) -> Sequence[StampCardRow]:
    """The customer's stamp cards, by name."""
    return db.scalars(
        select(StampCardRow)
        .where(StampCardRow.tenant_id == tenant_id, StampCardRow.customer_id == customer_id)
        .order_by(StampCardRow.card)
    ).all()


def memberships_of(db: Session, tenant_id: TenantId, customer_id: CustomerId) -> Sequence[MembershipRow]:
    """The customer's memberships, by plan."""
    return db.scalars(
        select(MembershipRow)
        .where(MembershipRow.tenant_id == tenant_id, MembershipRow.customer_id == customer_id)
        .order_by(MembershipRow.plan)
    ).all()


def vouchers_of(
    db: Session, tenant_id: TenantId, customer_id: CustomerId, *, after: str | None, limit: int
) -> Sequence[VoucherRow]:
    """The customer's vouchers, the newest first."""
    return db.scalars(
        select(VoucherRow)
        .where(
            VoucherRow.tenant_id == tenant_id,
            VoucherRow.customer_id == customer_id,
            VoucherRow.id < (after or LAST_ID),
        )
        .order_by(VoucherRow.id.desc())
        .limit(limit)
    ).all()
