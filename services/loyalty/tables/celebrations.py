"""Birthdays and anniversaries that customers were given something for."""

from datetime import date, datetime

from sqlalchemy import Index
from sqlalchemy.orm import Mapped, mapped_column

from chassis.data.tables import TenantKey
from kernel.ids import CustomerId
from services.loyalty.tables.base import Base


class CelebrationRow(Base):
    """A rule's award for one day of one year: the key says that there is one a year. Never updated."""

    __tablename__ = "celebrations"
    __table_args__ = (Index("ix_celebrations_of", "tenant_id", "customer_id", "rule", "day"),)

    tenant_id: Mapped[TenantKey]
    rule: Mapped[str] = mapped_column(primary_key=True)
    customer_id: Mapped[CustomerId] = mapped_column(primary_key=True)
    year: Mapped[int] = mapped_column(primary_key=True)
    id: Mapped[str]  # what the award is for
    day: Mapped[date]
    recorded_at: Mapped[datetime]
