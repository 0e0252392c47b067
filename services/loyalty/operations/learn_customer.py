"""Keeping the few facts of a customer that loyalty needs."""

from datetime import datetime

from sqlalchemy import text
from sqlalchemy.orm import Session

from kernel.ids import CustomerId, TenantId

LEARN = text("""
    INSERT INTO customers (tenant_id, customer_id, version, language, status, birthday, joined_on, heard_at)
    VALUES (:tenant_id, :customer_id, :version, :language, :status, :birthday,
            (CAST(:joined_at AS timestamptz) AT TIME ZONE
                coalesce((SELECT time_zone FROM known_tenants WHERE id = :tenant_id), 'UTC'))::date, :at)
    ON CONFLICT (tenant_id, customer_id) DO UPDATE SET
        version = excluded.version, language = excluded.language, status = excluded.status,
        birthday = excluded.birthday, joined_on = coalesce(excluded.joined_on, customers.joined_on),
        heard_at = excluded.heard_at
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
    birthday: str | None = None,
    joined_at: datetime | None = None,
    at: datetime,
) -> None:
    """Remember the facts, unless newer ones are known. Hearing them again changes nothing.

    Of the birthday only month and day are known, of joining the day by the tenant's clock.
    """
    facts = {"version": version, "language": language, "status": status, "at": at}
    facts |= {"birthday": birthday, "joined_at": joined_at}
    db.execute(LEARN, {"tenant_id": tenant_id, "customer_id": customer_id, **facts})
