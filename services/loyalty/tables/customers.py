"""Loyalty's own copy of the few facts it needs about a customer."""

from datetime import date, datetime

from sqlalchemy import ARRAY, Index, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from chassis.data.tables import TenantKey
from kernel.ids import CustomerId
from services.loyalty.tables.base import Base


class CustomerRow(Base):
    """A customer as loyalty knows them. This row is the lock for everything the customer owns here."""

    __tablename__ = "customers"
    # Room on the page, so that counting a purchase need not touch an index.
    __table_args__ = (
        Index("ix_customers_birthday", "tenant_id", "birthday", postgresql_where=text("birthday IS NOT NULL")),
        Index("ix_customers_joined_on", "tenant_id", "joined_on", postgresql_where=text("joined_on IS NOT NULL")),
        {"postgresql_with": {"fillfactor": "80"}},
    )

    tenant_id: Mapped[TenantKey]
    customer_id: Mapped[CustomerId] = mapped_column(primary_key=True)
    version: Mapped[int]  # of the facts heard; an older event changes nothing
    language: Mapped[str]
    status: Mapped[str]
    purchases: Mapped[int] = mapped_column(server_default="0")
    segments: Mapped[list[str]] = mapped_column(ARRAY(Text), server_default="{}")  # in order, each once
    purchases_version: Mapped[int] = mapped_column(server_default="0")  # grows when any of their purchases changes
    birthday: Mapped[str | None]  # month and day, as 02-29
    joined_on: Mapped[date | None]  # by the tenant's clock
    heard_at: Mapped[datetime]
