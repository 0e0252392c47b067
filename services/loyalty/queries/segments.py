"""The segments a customer is in."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from kernel.ids import CustomerId, TenantId
from services.loyalty.tables.customers import CustomerRow


def segments_of(db: Session, tenant_id: TenantId, customer_id: CustomerId) -> Sequence[str]:
    """Their names, in order."""
    named = (CustomerRow.tenant_id == tenant_id, CustomerRow.customer_id == customer_id)
    return db.scalars(select(CustomerRow.segments).where(*named)).one()
