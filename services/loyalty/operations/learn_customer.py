"""Keeping the few facts of one customer that loyalty needs."""

from datetime import datetime

from sqlalchemy.orm import Session

from kernel.ids import CustomerId, TenantId
from services.loyalty.operations.learn_customers import Facts, learn_customers


def learn_customer(
    db: Session,
    tenant_id: TenantId,
    customer_id: CustomerId,
    *,
    version: int,
    language: str,
    status: str,
    birthday: str | None = None,
    joined_at: datetime | None = None,
    at: datetime,
) -> None:
    """Remember the facts, unless newer ones are known, as `learn_customers` does."""
    learn_customers(db, tenant_id, [Facts(customer_id, version, language, status, birthday, joined_at)], at=at)
