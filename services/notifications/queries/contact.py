"""Ask the customers service, at the moment of sending, whether and where a customer may be written to."""

from typing import Literal

from pydantic import BaseModel

from chassis.internal_client import InternalClient
from kernel.ids import CustomerId, TenantId
from kernel.language import Language

SERVICE_EMAIL = {"purpose": "service", "channel": "email"}


class Contact(BaseModel):
    """How to reach a customer now, or the `reason` why nothing may be sent; there is no address then."""

    address: str | None
    reason: Literal["forbidden", "blocked", "no_address"] | None
    name: str | None
    language: Language


def ask_contact(customers: InternalClient, tenant_id: TenantId, customer_id: CustomerId) -> Contact | None:
    """The answer of this moment; None when the customer is gone. Nothing of it is kept.

    Raises httpx.HTTPError when the customers service does not answer, pydantic.ValidationError when not as it should.
    """
    answer = customers.get(f"/internal/customers/{customer_id}/contact", tenant_id, SERVICE_EMAIL)
    if answer.status_code == 404:
        return None
    return Contact.model_validate_json(answer.raise_for_status().content)
