"""Keeping the few facts of a customer that loyalty needs."""

from datetime import datetime

from sqlalchemy import text
from sqlalchemy.orm import Session

from kernel.ids import CustomerId, TenantId

LEARN = text("""
    INSERT INTO customers (tenant_id, customer_id, version, language, status, heard_at)
    VALUES (:tenant_id, :customer_id, :version, :language, :status, :at)
    ON CONFLICT (tenant_id, customer_id) DO UPDATE SET
        version = excluded.version, language = excluded.language, status = excluded.status, heard_at = excluded.heard_at
    WHERE customers.version < excluded.version
""")


def learn_customer(
    db: Session,
    tenant_id: TenantId,
    customer_id: CustomerId,
    *,
    version: int,
    language: str,
    status: str,
    at: datetime,
) -> None:
    """Remember the facts, unless newer ones are known. Hearing them again changes nothing."""
    facts = {"version": version, "language": language, "status": status, "at": at}
    db.execute(LEARN, {"tenant_id": tenant_id, "customer_id": customer_id, **facts})
