"""Ask the customers service, at the moment of sending, whether and where customers may be written to."""

from collections.abc import Iterable
from typing import Literal

from pydantic import BaseModel

from chassis.web.internal_client import InternalClient
from kernel.ids import CustomerId, TenantId
from kernel.language import Language


class Contact(BaseModel):
    """How to reach a customer now, or the `reason` why nothing may be sent; there is no address then."""

    address: str | None
    reason: Literal["forbidden", "blocked", "no_address"] | None
    name: str | None
    language: Language


class Contacts(BaseModel):
    """The answer about some customers. One who is gone is not in it."""

    contacts: dict[CustomerId, Contact]


def ask_contacts(
    customers: InternalClient, tenant_id: TenantId, asked: Iterable[CustomerId]
) -> dict[CustomerId, Contact]:
    """The answer of this moment, for a hundred customers at most. Nothing of it is kept.

    Raises httpx.HTTPError when the customers service does not answer, pydantic.ValidationError when not as it should.
    """
    question = {"customer_id": sorted(set(asked)), "purpose": "service", "channel": "email"}
    answer = customers.get("/internal/contacts", tenant_id, question)
    return Contacts.model_validate_json(answer.raise_for_status().content).contacts
