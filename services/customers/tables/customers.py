"""Customers: who they are, and the identifiers by which they are found."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime
from typing import Any

from psycopg.errors import UniqueViolation
from sqlalchemy import CheckConstraint, UniqueConstraint, select
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Mapped, Session, mapped_column

from chassis.data.tables import TenantKey
from kernel.ids import CustomerId, TenantId
from services.customers.domain.profile import Profile
from services.customers.domain.refusals import CustomerExists, CustomerMissing
from services.customers.tables.base import Base

UNIQUE = "uq_customers_tenant_id_"


class CustomerRow(Base):
    """A person the tenant knows. `version` grows by one with each change.

    Identifiers stand here in their normal form, and each belongs to one customer of the tenant at most.
    """

    __tablename__ = "customers"
    __table_args__ = (
        UniqueConstraint("tenant_id", "external_id"),
        UniqueConstraint("tenant_id", "phone"),
        UniqueConstraint("tenant_id", "email"),
        UniqueConstraint("tenant_id", "card"),
        CheckConstraint("language IN ('en', 'ar')", name="language_known"),
        CheckConstraint("status IN ('active', 'blocked')", name="status_known"),
        CheckConstraint("version > 0", name="version_positive"),
    )

    tenant_id: Mapped[TenantKey]
    id: Mapped[CustomerId] = mapped_column(primary_key=True)
    version: Mapped[int]
    external_id: Mapped[str | None]
    name: Mapped[str | None]
    phone: Mapped[str | None]
    email: Mapped[str | None]
    card: Mapped[str | None]
    birthday: Mapped[date | None]
    language: Mapped[str]
    time_zone: Mapped[str | None]
    status: Mapped[str]
    # SQLAlchemy keeps the attribute `metadata` for itself.
    labels: Mapped[dict[str, str]] = mapped_column("metadata", JSONB)
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]

    @property
    def facts(self) -> dict[str, Any]:
        """What other services may know."""
        return {
            "tenant_id": self.tenant_id,
            "customer_id": self.id,
            "version": self.version,
            "language": self.language,
            "status": self.status,
            "birthday_month_day": self.birthday_month_day,
            "joined_at": self.created_at,
        }

    @property
    def birthday_month_day(self) -> str | None:
        """Month and day: how old somebody is concerns nobody else."""
        return f"{self.birthday:%m-%d}" if self.birthday else None


def get_customer(db: Session, tenant_id: TenantId, customer_id: CustomerId) -> CustomerRow:
    """The customer. Raises CustomerMissing, also for another tenant's."""
    customer = db.get(CustomerRow, (tenant_id, customer_id))
    if customer is None:
        raise CustomerMissing(customer_id=customer_id)
    return customer


def lock_customer(db: Session, tenant_id: TenantId, customer_id: CustomerId) -> CustomerRow:
    """The customer, whom nobody else changes until the transaction ends. Raises CustomerMissing."""
    customer = db.get(CustomerRow, (tenant_id, customer_id), with_for_update=True)
    if customer is None:
        raise CustomerMissing(customer_id=customer_id)
    return customer


@contextmanager
def identifiers_kept_unique(db: Session, tenant_id: TenantId, profile: Profile) -> Iterator[None]:
    """Write what the block changes. Raises CustomerExists when an identifier of `profile` is another customer's."""
    try:
        with db.begin_nested():
            yield
    except IntegrityError as error:
        if not isinstance(error.orig, UniqueViolation):
            raise
        identifier = str(error.orig.diag.constraint_name).removeprefix(UNIQUE)
        owner = owner_of(db, tenant_id, identifier, profile[identifier])  # type: ignore[literal-required]
        raise CustomerExists(field=identifier, customer_id=owner) from error


def owner_of(db: Session, tenant_id: TenantId, identifier: str, value: str) -> CustomerId | None:
    """Whose identifier it is."""
    column = getattr(CustomerRow, identifier)
    return db.scalar(select(CustomerRow.id).where(CustomerRow.tenant_id == tenant_id, column == value))
