"""Take note of what is told about a customer."""

from datetime import datetime

from sqlalchemy import text
from sqlalchemy.orm import Session

from kernel.ids import CustomerId, TenantId
from services.retention.queries.rhythms import VisitFacts, kept_days

KNOW = text("""
    INSERT INTO customers AS known (tenant_id, customer_id, version, language, status, known_at)
    VALUES (:tenant_id, :customer_id, :version, :language, :status, :known_at)
    ON CONFLICT (tenant_id, customer_id) DO UPDATE SET
        version = greatest(known.version, excluded.version),
        language = CASE WHEN excluded.version > known.version THEN excluded.language ELSE known.language END,
        status = CASE WHEN excluded.version > known.version THEN excluded.status ELSE known.status END,
        known_at = least(known.known_at, excluded.known_at)
    RETURNING visits, first_on, latest_on, latest_at
""")


def know_customer(
    db: Session,
    tenant_id: TenantId,
    customer_id: CustomerId,
    *,
    version: int = 0,
    language: str | None = None,
    status: str | None = None,
    at: datetime,
) -> VisitFacts:
    """Keep the newest facts and the earliest moment, in whatever order they are told.

    Locks the customer, and returns what is kept of their visits. A purchase tells no facts: it has version 0.
    """
    facts = {
        "tenant_id": tenant_id,
        "customer_id": customer_id,
        "version": version,
        "language": language,
        "status": status,
        "known_at": at,
    }
    row = db.execute(KNOW, facts).one()
    return VisitFacts(kept_days(row), row.latest_at)
