"""Stamp cards kept across visits."""

from datetime import datetime

from sqlalchemy.orm import Mapped, mapped_column

from chassis.data.tables import TenantKey
from kernel.ids import CustomerId
from services.loyalty.tables.base import Base


class StampCardRow(Base):
    """What one customer's card shows. Below zero: stamps were taken back that had been used up."""

    __tablename__ = "stamp_cards"
    __table_args__ = ({"postgresql_with": {"fillfactor": "70"}},)

    tenant_id: Mapped[TenantKey]
    customer_id: Mapped[CustomerId] = mapped_column(primary_key=True)
    card: Mapped[str] = mapped_column(primary_key=True)
    stamps: Mapped[int]
    filled: Mapped[int]  # how often it was filled
    updated_at: Mapped[datetime]
