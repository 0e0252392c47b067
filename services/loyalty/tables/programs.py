"""Programs and their versions."""

from datetime import datetime

from sqlalchemy import Index, text
from sqlalchemy.orm import Mapped, mapped_column

from chassis.data.tables import TenantKey
from services.loyalty.tables.base import Base


class ProgramRow(Base):
    """A tenant's set of rules, under one name through all its versions."""

    __tablename__ = "programs"

    tenant_id: Mapped[TenantKey]
    id: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str]
    second_person: Mapped[bool]  # nobody publishes what they drafted themselves
    created_at: Mapped[datetime]


class ProgramVersionRow(Base):
    """One version: its document never changes. A tenant has one live version at most.

    A scheduled one is live from `publish_at` on, whether or not the work of the clock has been done by then.
    """

    __tablename__ = "program_versions"
    __table_args__ = (
        Index("uq_program_versions_live", "tenant_id", unique=True, postgresql_where=text("status = 'live'")),
        Index(
            "ix_program_versions_scheduled",
            "tenant_id",
            "publish_at",
            postgresql_where=text("status = 'scheduled'"),
        ),
    )

    tenant_id: Mapped[TenantKey]
    program_id: Mapped[str] = mapped_column(primary_key=True)
    version: Mapped[int] = mapped_column(primary_key=True)
    status: Mapped[str]  # draft, scheduled, live, retired
    document: Mapped[str]
    author: Mapped[str | None]  # whose key drafted it, and whose let it go live; unknown of old ones
    publisher: Mapped[str | None]
    created_at: Mapped[datetime]
    publish_at: Mapped[datetime | None]  # when it is to go live; kept once it did
    published_at: Mapped[datetime | None]
    retired_at: Mapped[datetime | None]
