"""Who brings whom. Source: docs/rules/referral.md."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Index, Text, UniqueConstraint, text, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Mapped, Session, mapped_column

from chassis.data.tables import TenantKey
from kernel.ids import CustomerId
from services.loyalty.domain.referral import ReferralReason, ReferralStatus, Step
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
    # Under every_purchase: how often the friend's purchases had changed when they were last looked through.
    purchases_seen: Mapped[int | None]


class ReferralPurchaseRow(Base):
    """A friend's purchase under every_purchase, and what became of it. The key says: it is rewarded for one referral.

    Its awards' source is the `reward_id` of the purchase.
    """

    __tablename__ = "referral_purchases"
    __table_args__ = (Index("ix_referral_purchases_of", "tenant_id", "referral_id", "purchase_id"),)

    tenant_id: Mapped[TenantKey]
    purchase_id: Mapped[str] = mapped_column(primary_key=True)
    referral_id: Mapped[str]
    status: Mapped[ReferralStatus] = mapped_column(Text)
    reason: Mapped[ReferralReason | None] = mapped_column(Text)
    until: Mapped[datetime | None]  # its return window closes, or it can be taken back; None: it is settled
    changed_at: Mapped[datetime]


class ReferralMilestoneRow(Base):
    """What an advocate was given for having brought so many friends. Its id is the award's source."""

    __tablename__ = "referral_milestones"
    __table_args__ = (
        Index("ix_referral_milestones_of", "tenant_id", "advocate_id"),
        # Once with the referral that did it; a later purchase of the friend may do it again, when that was taken back.
        Index(
            "uq_referral_milestones_one",
            "tenant_id",
            "referral_id",
            "friends",
            unique=True,
            postgresql_where=text("taken_back_at IS NULL"),
        ),
    )

    tenant_id: Mapped[TenantKey]
    id: Mapped[str] = mapped_column(primary_key=True)
    referral_id: Mapped[str]
    friends: Mapped[int]
    advocate_id: Mapped[CustomerId]
    given_at: Mapped[datetime]
    taken_back_at: Mapped[datetime | None]


def add_referral_purchases(
    db: Session, referral: ReferralRow, closes: Sequence[tuple[str, datetime]], *, at: datetime
) -> None:
    """Look at purchases from now on, each until its window closes; not at those that another referral looks at."""
    if closes:
        about = {"tenant_id": referral.tenant_id, "referral_id": referral.id, "status": "pending", "changed_at": at}
        rows = [{**about, "purchase_id": purchase_id, "until": until} for purchase_id, until in closes]
        db.execute(insert(ReferralPurchaseRow).values(rows).on_conflict_do_nothing())


def change_referral_purchase(db: Session, referral: ReferralRow, purchase_id: str, step: Step, *, at: datetime) -> None:
    """Write what became of one of a referral's purchases."""
    db.execute(
        update(ReferralPurchaseRow)
        .where(ReferralPurchaseRow.tenant_id == referral.tenant_id, ReferralPurchaseRow.purchase_id == purchase_id)
        .values(status=step.status, reason=step.reason, until=step.until, changed_at=at)
    )
