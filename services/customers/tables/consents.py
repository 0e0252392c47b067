"""Consents: what customers allowed and forbade, word for word. Rows are only ever added."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Text, select
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.orm import Mapped, Session, mapped_column

from chassis.data.tables import TenantKey
from kernel.ids import CustomerId, TenantId
from services.customers.domain.consent import Channel, Purpose, Said
from services.customers.tables.base import Base


class ConsentRow(Base):
    """One thing a customer said about one purpose and channel; the highest `revision` is what holds now."""

    __tablename__ = "consents"
    __table_args__ = (
        ForeignKeyConstraint(["tenant_id", "customer_id"], ["customers.tenant_id", "customers.id"]),
        CheckConstraint("purpose IN ('service', 'marketing')", name="purpose_known"),
        CheckConstraint("channel IN ('email', 'sms', 'whatsapp', 'push')", name="channel_known"),
        CheckConstraint("revision > 0", name="revision_positive"),
    )

    tenant_id: Mapped[TenantKey]
    customer_id: Mapped[CustomerId] = mapped_column(primary_key=True)
    purpose: Mapped[Purpose] = mapped_column(Text, primary_key=True)
    channel: Mapped[Channel] = mapped_column(Text, primary_key=True)
    revision: Mapped[int] = mapped_column(primary_key=True)
    granted: Mapped[bool]
    source: Mapped[str]
    wording: Mapped[str | None]
    actor: Mapped[str]
    recorded_at: Mapped[datetime]

    @property
    def said(self) -> Said:
        """What the customer said, whoever wrote it down and whenever."""
        return Said(self.purpose, self.channel, granted=self.granted, source=self.source, wording=self.wording)


def current_consent(
    db: Session, tenant_id: TenantId, customer_id: CustomerId, purpose: Purpose, channel: Channel
) -> ConsentRow | None:
    """What the customer said last about that purpose and channel; None when they have not spoken."""
    return db.scalar(
        select(ConsentRow)
        .where(
            ConsentRow.tenant_id == tenant_id,
            ConsentRow.customer_id == customer_id,
            ConsentRow.purpose == purpose,
            ConsentRow.channel == channel,
        )
        .order_by(ConsentRow.revision.desc())
        .limit(1)
    )


def consents_now(
    db: Session, tenant_id: TenantId, customers: Collection[CustomerId], purpose: Purpose, channel: Channel
) -> dict[CustomerId, bool]:
    """Whether each of the customers allows that purpose and channel; those who have not spoken are left out."""
    latest = (
        select(ConsentRow.customer_id, ConsentRow.granted)
        .where(
            ConsentRow.tenant_id == tenant_id,
            ConsentRow.customer_id.in_(customers),
            ConsentRow.purpose == purpose,
            ConsentRow.channel == channel,
        )
        .ext(distinct_on(ConsentRow.customer_id))
        .order_by(ConsentRow.customer_id, ConsentRow.revision.desc())
    )
    return {row.customer_id: row.granted for row in db.execute(latest)}
