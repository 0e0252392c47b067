"""Finding customers."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from kernel.ids import CustomerId, TenantId
from services.loyalty.domain.refusals import NoSuchCustomer
from services.loyalty.tables.customers import CustomerRow
from services.loyalty.tables.standings import Standing, lock_standing


def is_known(db: Session, tenant_id: TenantId, customer_id: CustomerId) -> bool:
    """Whether loyalty has heard of the customer."""
    found = select(CustomerRow.customer_id).where(
        CustomerRow.tenant_id == tenant_id, CustomerRow.customer_id == customer_id
    )
    return db.scalar(found) is not None


def locked(db: Session, tenant_id: TenantId, customer_id: CustomerId) -> Standing:
    """The customer under lock. Raises NoSuchCustomer."""
    standing = lock_standing(db, tenant_id, customer_id)
    if standing is None:
        raise NoSuchCustomer
    return standing
