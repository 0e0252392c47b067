"""The catalogue, and what was taken from it."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, Index, false, text
from sqlalchemy.orm import Mapped, mapped_column

from chassis.data.tables import TenantKey
from kernel.ids import CustomerId
from kernel.points import Points
from services.loyalty.tables.base import Base


class RewardRow(Base):
    """Something that points can be exchanged for; documents are JSON text. `benefit` is what one gets for it,
    `tier_prices` what it costs in some tiers, `automatic` when it is taken by itself.

    Who takes one locks this row after the customer's: `taken` (not cancelled) then never passes `stock`, the number
    there are to give in all.
    """

    __tablename__ = "rewards"
    __table_args__ = (
        CheckConstraint("price > 0", name="price_positive"),
        CheckConstraint("taken >= 0", name="taken_not_negative"),
    )

    tenant_id: Mapped[TenantKey]
    id: Mapped[str] = mapped_column(primary_key=True)
    unit: Mapped[str]
    price: Mapped[Points]
    tier_prices: Mapped[str] = mapped_column(server_default="{}")
    benefit: Mapped[str]
    stock: Mapped[int | None]
    taken: Mapped[int] = mapped_column(server_default="0")
    limits: Mapped[str] = mapped_column(server_default="[]")
    starts_on: Mapped[date | None]
    ends_on: Mapped[date | None]
    automatic: Mapped[str | None]
    status: Mapped[str]  # available, withdrawn
    version: Mapped[int] = mapped_column(server_default="1")  # of the offer; taking one does not change it
    created_at: Mapped[datetime]


class RedemptionRow(Base):
    """A reward taken: what it cost, the voucher given for it if it has one, and how far it has come."""

    __tablename__ = "redemptions"
    __table_args__ = (
        Index("ix_redemptions_of", "tenant_id", "customer_id", "id"),
        Index("ix_redemptions_taken", "tenant_id", "reward_id", "recorded_at"),
        Index(
            "ix_redemptions_to_do",
            "tenant_id",
            "id",
            postgresql_where=text("voucher_id IS NULL AND status IN ('issued', 'prepared', 'shipped')"),
        ),
    )

    tenant_id: Mapped[TenantKey]
    id: Mapped[str] = mapped_column(primary_key=True)
    customer_id: Mapped[CustomerId]
    reward_id: Mapped[str]
    unit: Mapped[str]
    price: Mapped[Points]
    voucher_id: Mapped[str | None]
    transaction_id: Mapped[str]
    status: Mapped[str] = mapped_column(server_default="issued")  # issued, prepared, shipped, handed_over, cancelled
    automatic: Mapped[bool] = mapped_column(server_default=false())  # nobody asked for it
    recorded_at: Mapped[datetime]


class RedemptionStepRow(Base):
    """A step of a redemption: which, by whose key, when. Never updated."""

    __tablename__ = "redemption_steps"

    tenant_id: Mapped[TenantKey]
    redemption_id: Mapped[str] = mapped_column(primary_key=True)
    status: Mapped[str] = mapped_column(primary_key=True)
    actor: Mapped[str]
    note: Mapped[str | None]
    recorded_at: Mapped[datetime]
