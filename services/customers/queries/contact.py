"""How a customer may be reached, at this moment."""

from dataclasses import dataclass

from sqlalchemy.orm import Session

from kernel.ids import CustomerId, TenantId
from services.customers.domain.consent import Channel, Purpose, Reason, granted_by_default, reason_not_to_write
from services.customers.tables.consents import current_consent
from services.customers.tables.customers import CustomerRow, get_customer


@dataclass(frozen=True, slots=True)
class Contact:
    """Where to write and in what language; `reason` says why not, and then there is neither address nor name."""

    reason: Reason | None
    address: str | None
    name: str | None
    language: str
    time_zone: str | None


def contact(db: Session, tenant_id: TenantId, customer_id: CustomerId, purpose: Purpose, channel: Channel) -> Contact:
    """Whether and where the customer may be written to. Raises CustomerMissing."""
    customer = get_customer(db, tenant_id, customer_id)
    said = current_consent(db, tenant_id, customer_id, purpose, channel)
    granted = said.granted if said else granted_by_default(purpose)
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
