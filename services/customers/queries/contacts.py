"""How customers may be reached, at this moment."""

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from kernel.ids import CustomerId, TenantId
from services.customers.domain.consent import Channel, Purpose, Reason, granted_by_default, reason_not_to_write
from services.customers.tables.consents import consents_now
from services.customers.tables.customers import CustomerRow


@dataclass(frozen=True, slots=True)
class Contact:
    """Where to write and in what language; `reason` says why not, and then there is neither address nor name."""

    reason: Reason | None
    address: str | None
    name: str | None
    language: str
    time_zone: str | None


def contacts(
    db: Session, tenant_id: TenantId, customers: Collection[CustomerId], purpose: Purpose, channel: Channel
) -> dict[CustomerId, Contact]:
    """Whether and where each of the customers may be written to. Those whom the tenant does not know are left out."""
    known = db.scalars(select(CustomerRow).where(CustomerRow.tenant_id == tenant_id, CustomerRow.id.in_(customers)))
    said = consents_now(db, tenant_id, customers, purpose, channel)
    by_default = granted_by_default(purpose)
    return {one.id: contact_of(one, channel, granted=said.get(one.id, by_default)) for one in known}


def contact_of(customer: CustomerRow, channel: Channel, *, granted: bool) -> Contact:
    """Where one customer may be written to by that channel, having consented or not."""
    address = address_of(customer, channel)
    reason = reason_not_to_write(blocked=customer.status == "blocked", granted=granted, address=address)
    if reason is not None:
        return Contact(reason, None, None, customer.language, customer.time_zone)
    return Contact(None, address, customer.name, customer.language, customer.time_zone)


def address_of(customer: CustomerRow, channel: Channel) -> str | None:
    """The address for that channel. No device has been made known yet, so push has none."""
    match channel:
        case "email":
            return customer.email
        case "sms" | "whatsapp":
            return customer.phone
        case "push":
            return None
