"""Notifications' own copy of the few facts it needs about a customer. No name, no address."""

from sqlalchemy import CheckConstraint
from sqlalchemy.orm import Mapped, mapped_column

from chassis.data.tables import TenantKey
from kernel.ids import CustomerId
from services.notifications.tables.base import Base


class CustomerRow(Base):
    """A customer as notifications knows them. `version` is that of the facts heard; an older event changes nothing."""

    __tablename__ = "customers"
    __table_args__ = (CheckConstraint("language IN ('en', 'ar')", name="language_known"),)

    tenant_id: Mapped[TenantKey]
    customer_id: Mapped[CustomerId] = mapped_column(primary_key=True)
    version: Mapped[int]
    language: Mapped[str]
