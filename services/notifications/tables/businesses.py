"""The names under which tenants write to their customers."""

from sqlalchemy.orm import Mapped

from chassis.data.tables import TenantKey
from services.notifications.tables.base import Base


class BusinessRow(Base):
    """A tenant's name, as a customer reads it."""

    __tablename__ = "businesses"

    tenant_id: Mapped[TenantKey]
    name: Mapped[str]
