"""Customers found by an identifier, or listed."""

from collections.abc import Sequence
from typing import Literal

from sqlalchemy import select
from sqlalchemy.orm import Session

from kernel.ids import TenantId
from services.customers.domain.card import normal_card
from services.customers.domain.email_address import normal_email
from services.customers.domain.phone import e164
from services.customers.tables.customers import CustomerRow

Identifier = Literal["external_id", "phone", "email", "card"]


def find_customer(
    db: Session, tenant_id: TenantId, identifier: Identifier, written: str, *, country: str
) -> CustomerRow | None:
    """The customer with that identifier, in whatever spelling. Raises InvalidPhone, InvalidEmail, InvalidCard."""
    column = getattr(CustomerRow, identifier)
    value = normal_identifier(identifier, written, country)
    return db.scalar(select(CustomerRow).where(CustomerRow.tenant_id == tenant_id, column == value))


def normal_identifier(identifier: Identifier, written: str, country: str) -> str:
    """The identifier as it is kept; an external id is kept as it came."""
    match identifier:
        case "phone":
            return e164(written, country)
        case "email":
            return normal_email(written)
        case "card":
            return normal_card(written)
        case "external_id":
            return written


def list_customers(
    db: Session, tenant_id: TenantId, *, external_id: str | None, before: str | None, limit: int
) -> Sequence[CustomerRow]:
    """Customers, the newest first; `before` is the id of the last one seen."""
    query = select(CustomerRow).where(CustomerRow.tenant_id == tenant_id)
    if external_id is not None:
        query = query.where(CustomerRow.external_id == external_id)
    if before is not None:
        query = query.where(CustomerRow.id < before)
    return db.scalars(query.order_by(CustomerRow.id.desc()).limit(limit)).all()
