"""Visits, and what came back of them. Amounts in minor units of the visit's currency."""

from datetime import datetime

from sqlalchemy import Index
from sqlalchemy.orm import Mapped, mapped_column

from chassis.data.tables import TenantKey
from kernel.ids import CustomerId
from services.retention.tables.base import Base


class VisitRow(Base):
    """One purchase of a known customer. It counts as a visit until all of it came back, which is at `returned_at`."""

    __tablename__ = "visits"
    __table_args__ = (
        Index("ix_visits_of", "tenant_id", "customer_id", "occurred_at", postgresql_include=["returned_at"]),
        Index("ix_visits_when", "tenant_id", "occurred_at", postgresql_include=["customer_id", "returned_at"]),
    )

    tenant_id: Mapped[TenantKey]
    purchase_id: Mapped[str] = mapped_column(primary_key=True)
    customer_id: Mapped[CustomerId]
    occurred_at: Mapped[datetime]
    currency: Mapped[str]
    due: Mapped[int]  # at the till
    spend: Mapped[int]  # what is left of it after refunds
    returned_at: Mapped[datetime | None]


class ReturnRow(Base):
    """Part or all of a purchase that came back. May be heard of before the purchase. Never updated."""

    __tablename__ = "returns"

    tenant_id: Mapped[TenantKey]
    purchase_id: Mapped[str] = mapped_column(primary_key=True)
    return_id: Mapped[str] = mapped_column(primary_key=True)
    occurred_at: Mapped[datetime]
    refund: Mapped[int]
    whole: Mapped[bool]
