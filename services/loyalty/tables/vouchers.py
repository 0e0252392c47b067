"""Codes issued to one customer."""

from datetime import datetime

from sqlalchemy import Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from chassis.data.tables import TenantKey
from kernel.ids import CustomerId
from services.loyalty.tables.base import Base


class VoucherRow(Base):
    """A voucher: whose, what it is good for (`benefit`, JSON), and what became of it."""

    __tablename__ = "vouchers"
    __table_args__ = (
        UniqueConstraint("tenant_id", "code"),
        Index("ix_vouchers_of", "tenant_id", "customer_id", "id"),
        Index("ix_vouchers_source", "tenant_id", "source"),
        Index("ix_vouchers_reserved", "tenant_id", "reserved_by", postgresql_where=text("reserved_by IS NOT NULL")),
    )

    tenant_id: Mapped[TenantKey]
    id: Mapped[str] = mapped_column(primary_key=True)
    code: Mapped[str]  # in its plain form
    customer_id: Mapped[CustomerId]
    benefit: Mapped[str]
    card: Mapped[str | None]  # the stamp card that was filled for it
    source: Mapped[str]  # the purchase or redemption it was issued for
    status: Mapped[str]  # issued, used, revoked
    issued_at: Mapped[datetime]
    valid_until: Mapped[datetime | None]
    used_by: Mapped[str | None]  # the purchase
    used_at: Mapped[datetime | None]
    reserved_by: Mapped[str | None]  # the reservation that has it to itself until `reserved_until`
    reserved_until: Mapped[datetime | None]


class VoucherCancellationRow(Base):
    """A voucher that was cancelled by hand: by whose key, and why. Never updated."""

    __tablename__ = "voucher_cancellations"

    tenant_id: Mapped[TenantKey]
    voucher_id: Mapped[str] = mapped_column(primary_key=True)
    reason: Mapped[str]
    actor: Mapped[str]
    recorded_at: Mapped[datetime]
