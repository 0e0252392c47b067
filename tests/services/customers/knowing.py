"""Customers for tests: each names only what the test is about."""

from datetime import UTC, datetime
from typing import Unpack

from sqlalchemy import text
from sqlalchemy.orm import Session

from kernel.ids import TenantId
from services.customers.domain.profile import Profile
from services.customers.operations.create_customer import create_customer
from services.customers.tables.customers import CustomerRow

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)


def known(db: Session, tenant_id: TenantId, **profile: Unpack[Profile]) -> CustomerRow:
    """A customer whom the tenant knows since noon."""
    return create_customer(db, tenant_id, profile, country="SA", actor="key_test", at=NOON)


def told(db: Session) -> list[str]:
    """The types of the events that the transaction's tenants have told, in order."""
    return list(db.scalars(text("SELECT type FROM outbox ORDER BY position")))
