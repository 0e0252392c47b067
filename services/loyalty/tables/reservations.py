"""Vouchers set aside for one checkout."""

from datetime import datetime

from sqlalchemy.orm import Mapped, mapped_column

from chassis.data.tables import TenantKey
from kernel.ids import CustomerId
from services.loyalty.tables.base import Base


class ReservationRow(Base):
    """A checkout that has vouchers to itself until it buys, lets go, or its time is over: exactly one of the three.

    The vouchers name it (`reserved_by`, `reserved_until`). Its end is decided by the clock: nothing has to run for it.
    """

    __tablename__ = "reservations"

    tenant_id: Mapped[TenantKey]
    id: Mapped[str] = mapped_column(primary_key=True)
    customer_id: Mapped[CustomerId]
    status: Mapped[str]  # reserved, used, released
    reference: Mapped[str | None]
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]
