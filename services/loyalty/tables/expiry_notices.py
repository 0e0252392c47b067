"""Notices that units are about to expire."""

from datetime import datetime

from sqlalchemy.orm import Mapped, mapped_column

from chassis.data.tables import TenantKey
from kernel.ids import CustomerId
from kernel.points import Points
from services.loyalty.tables.base import Base


class ExpiryNoticeRow(Base):
    """A customer was told, so many days before, that units die at a moment. Never updated: told once."""

    __tablename__ = "expiry_notices"

    tenant_id: Mapped[TenantKey]
    customer_id: Mapped[CustomerId] = mapped_column(primary_key=True)
    unit: Mapped[str] = mapped_column(primary_key=True)
    expires_at: Mapped[datetime] = mapped_column(primary_key=True)
    days: Mapped[int] = mapped_column(primary_key=True)
    amount: Mapped[Points]
    told_at: Mapped[datetime]
