"""The catalogue, and what was taken from it."""

from datetime import datetime

from sqlalchemy import CheckConstraint, Index
from sqlalchemy.orm import Mapped, mapped_column

from chassis.tables import TenantKey
from kernel.ids import CustomerId
from kernel.points import Points
from services.loyalty.tables.base import Base


class RewardRow(Base):
    """Something that points can be exchanged for. `benefit` is what its voucher is good for, as JSON."""

    __tablename__ = "rewards"
    __table_args__ = (CheckConstraint("price > 0", name="price_positive"),)

    tenant_id: Mapped[TenantKey]
    id: Mapped[str] = mapped_column(primary_key=True)
    unit: Mapped[str]
    price: Mapped[Points]
    benefit: Mapped[str]
    status: Mapped[str]  # available, withdrawn
    created_at: Mapped[datetime]


class RedemptionRow(Base):
    """A reward taken: what it cost, and the voucher given for it. Never updated."""

    __tablename__ = "redemptions"
    __table_args__ = (Index("ix_redemptions_of", "tenant_id", "customer_id", "id"),)

    tenant_id: Mapped[TenantKey]
    id: Mapped[str] = mapped_column(primary_key=True)
    customer_id: Mapped[CustomerId]
    reward_id: Mapped[str]
    unit: Mapped[str]
    price: Mapped[Points]
    voucher_id: Mapped[str]
    transaction_id: Mapped[str]
    recorded_at: Mapped[datetime]
