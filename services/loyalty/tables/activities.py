"""What customers did that is no purchase."""

from datetime import datetime

from sqlalchemy import Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from chassis.data.tables import TenantKey
from kernel.ids import CustomerId
from services.loyalty.tables.base import Base


class ActivityRow(Base):
    """An activity, its natural identity the kind and the external id; documents are JSON text.

    `effects` is what its rules gave, whether or not it was cancelled since; what was posted is among the awards.
    """

    __tablename__ = "activities"
    __table_args__ = (
        UniqueConstraint("tenant_id", "kind", "external_id"),
        Index("ix_activities_of", "tenant_id", "customer_id", "id"),
    )

    tenant_id: Mapped[TenantKey]
    id: Mapped[str] = mapped_column(primary_key=True)
    kind: Mapped[str]
    external_id: Mapped[str]
    customer_id: Mapped[CustomerId]
    fingerprint: Mapped[bytes]
    status: Mapped[str]  # recorded, cancelled
    program_id: Mapped[str | None]
    program_version: Mapped[int | None]
    attributes: Mapped[str]
    effects: Mapped[str]
    misses: Mapped[str]
    occurred_at: Mapped[datetime]
    recorded_at: Mapped[datetime]
    cancelled_at: Mapped[datetime | None]
    cancelled_by: Mapped[str | None]
    reason: Mapped[str | None]  # why it was cancelled
