"""The businesses that use Wafa."""

from datetime import datetime

from sqlalchemy import CheckConstraint
from sqlalchemy.orm import Mapped

from chassis.data.tables import TenantKey
from gateway.tables.base import Base


class TenantRow(Base):
    """One business, or its test twin: `livemode` never changes."""

    __tablename__ = "tenants"
    __table_args__ = (CheckConstraint("currency ~ '^[A-Z]{3}$'", name="currency"),)

    tenant_id: Mapped[TenantKey]
    name: Mapped[str]
    livemode: Mapped[bool]
    currency: Mapped[str]  # ISO 4217
    time_zone: Mapped[str]  # IANA name
    created_at: Mapped[datetime]
