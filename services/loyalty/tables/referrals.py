"""Who brings whom. Source: docs/rules/referral.md."""

from datetime import datetime

from sqlalchemy import Index, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from chassis.data.tables import TenantKey
from kernel.ids import CustomerId
from services.loyalty.domain.referral import ReferralReason, ReferralStatus
from services.loyalty.tables.base import Base

IN_FORCE: tuple[ReferralStatus, ...] = ("pending", "held", "rewarded")


class ReferralCodeRow(Base):
    """The code by which a customer brings others; a new one takes the place of one that has ended."""

    __tablename__ = "referral_codes"
    __table_args__ = (UniqueConstraint("tenant_id", "code"),)

    tenant_id: Mapped[TenantKey]
    customer_id: Mapped[CustomerId] = mapped_column(primary_key=True)
    code: Mapped[str]  # in its plain form
    issued_at: Mapped[datetime]


class ReferralRow(Base):
    """A customer who was brought, by whom, and what became of it, under the version of the program they came by."""

    __tablename__ = "referrals"
    __table_args__ = (
        Index("ix_referrals_advocate", "tenant_id", "advocate_id", "id"),
        Index("ix_referrals_friend", "tenant_id", "friend_id", "id"),
        # Of two who bring the same friend at once, one does.
        Index(
            "uq_referrals_one",
            "tenant_id",
            "friend_id",
            unique=True,
            postgresql_where=text("status IN ('pending', 'held', 'rewarded')"),
        ),
        Index("ix_referrals_open", "tenant_id", "id", postgresql_where=text("until IS NOT NULL")),
    )

    tenant_id: Mapped[TenantKey]
    id: Mapped[str] = mapped_column(primary_key=True)
    advocate_id: Mapped[CustomerId]
    friend_id: Mapped[CustomerId]
    status: Mapped[ReferralStatus] = mapped_column(Text)
    reason: Mapped[ReferralReason | None] = mapped_column(Text)
    program_id: Mapped[str]
    program_version: Mapped[int]
    purchase_min: Mapped[int]  # what the friend's first purchase comes to at least, in minor units
    purchase_id: Mapped[str | None]
    actor: Mapped[str]
    created_at: Mapped[datetime]
    until: Mapped[datetime | None]  # it waits for a purchase, is held, or can be taken back; None: it is closed
    changed_at: Mapped[datetime]


class ReferralMilestoneRow(Base):
    """What an advocate was given for having brought so many friends. The key says: once with the referral that did it.

    Its id is the award's source.
    """

    __tablename__ = "referral_milestones"
    __table_args__ = (Index("ix_referral_milestones_of", "tenant_id", "advocate_id"),)

    tenant_id: Mapped[TenantKey]
    referral_id: Mapped[str] = mapped_column(primary_key=True)
    friends: Mapped[int] = mapped_column(primary_key=True)
    id: Mapped[str]
    advocate_id: Mapped[CustomerId]
    given_at: Mapped[datetime]
    taken_back_at: Mapped[datetime | None]
