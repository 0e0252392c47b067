"""The language a customer reads, which is also the question whether the tenant knows them at all."""

import httpx
from sqlalchemy.orm import Session

from chassis.web.internal_client import InternalClient
from kernel.ids import CustomerId, TenantId, is_id
from kernel.language import Language
from services.notifications.domain.refusals import CustomerMissing, CustomersUnreachable
from services.notifications.tables import CustomerRow


def customer_language(db: Session, customers: InternalClient, tenant_id: TenantId, customer_id: CustomerId) -> Language:
    """The language from our copy; of a customer too new for it, from the customers service.

    Raises CustomerMissing, also for another tenant's, and CustomersUnreachable.
    """
    known = db.get(CustomerRow, (tenant_id, customer_id))
    if known is not None:
        return Language(known.language)
    if not is_id(customer_id, "cus"):
        raise CustomerMissing(customer_id=customer_id)
    return ask_language(customers, tenant_id, customer_id)


def ask_language(customers: InternalClient, tenant_id: TenantId, customer_id: CustomerId) -> Language:
    """What the customers service says. Raises CustomerMissing and CustomersUnreachable."""
    try:
        answer = customers.get(f"/internal/customers/{customer_id}", tenant_id)
        if answer.status_code == 404:
            raise CustomerMissing(customer_id=customer_id)
        return Language(answer.raise_for_status().json()["language"])
    except httpx.HTTPError as error:
        raise CustomersUnreachable from error
