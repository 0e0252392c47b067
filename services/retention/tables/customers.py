"""Retention's own copy of the few facts it needs about a customer, and the rhythm of their visits."""

from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import ARRAY, CheckConstraint, Date, Numeric
from sqlalchemy.orm import Mapped, mapped_column

from chassis.data.tables import TenantKey
from kernel.ids import CustomerId
from services.retention.tables.base import Base

Gap = Numeric(8, 1)


class CustomerRow(Base):
    """A customer as retention knows them. This row is the lock for the customer's visits.

    The rhythm is a cache of what the visits say, and `wafa verify` checks it. It answers for every moment from
    `latest_at` on; what was true before that is worked out from the visits. Known from a purchase alone, a customer
    has version 0 and neither language nor status.
    """

    __tablename__ = "customers"
    __table_args__ = (
        CheckConstraint("(visits = 0) = (first_on IS NULL) AND (visits = 0) = (last_on IS NULL)", name="visits_dated"),
        {"postgresql_with": {"fillfactor": "80"}},
    )

    tenant_id: Mapped[TenantKey]
    customer_id: Mapped[CustomerId] = mapped_column(primary_key=True)
    version: Mapped[int]  # of the facts heard; an older event changes nothing
    language: Mapped[str | None]
    status: Mapped[str | None]
    known_at: Mapped[datetime]  # when the first thing happened that names them
    visits: Mapped[int] = mapped_column(server_default="0")
    first_on: Mapped[date | None]
    last_on: Mapped[date | None]
    gap: Mapped[Decimal | None] = mapped_column(Gap)
    gap_last: Mapped[int | None]
    gap_before: Mapped[Decimal | None] = mapped_column(Gap)
    latest_on: Mapped[list[date] | None] = mapped_column(ARRAY(Date))  # the latest visits, newest first
    latest_at: Mapped[datetime | None]  # the last moment at which a visit was made, or was undone by a return
