"""What is counted for the figures of a period."""

from datetime import datetime

from sqlalchemy import text
from sqlalchemy.orm import Session

from kernel.ids import TenantId
from services.retention.domain.figures import Counts
from services.retention.domain.period import Period

# Only the period and the stretch before it are read; whether someone came even earlier is one look into an index.
COUNTS = text("""
    WITH customer AS (
        SELECT customer_id,
               bool_or(occurred_at < :starts_at) AS at_start,
               count(DISTINCT day) FILTER (WHERE occurred_at >= :starts_at) AS visits,
               max(day) FILTER (WHERE occurred_at >= :starts_at)
                   - min(day) FILTER (WHERE occurred_at >= :starts_at) AS gap_days
        FROM (
            SELECT customer_id, occurred_at, (occurred_at AT TIME ZONE :zone)::date AS day
            FROM visits
            WHERE tenant_id = :tenant_id AND occurred_at >= :before_starts_at AND occurred_at < :ends_at
              AND occurred_at <= :at AND (returned_at IS NULL OR returned_at > :at)
        ) visit
        GROUP BY customer_id
    ), placed AS (
        SELECT at_start, visits, gap_days, NOT at_start AND EXISTS (
            SELECT FROM visits earlier
            WHERE earlier.tenant_id = :tenant_id AND earlier.customer_id = customer.customer_id
              AND earlier.occurred_at < :before_starts_at AND earlier.occurred_at <= :at
              AND (earlier.returned_at IS NULL OR earlier.returned_at > :at)
        ) AS returned
        FROM customer
    )
    SELECT count(*) FILTER (WHERE at_start) AS at_start,
           count(*) FILTER (WHERE at_start AND visits > 0) AS kept,
           count(*) FILTER (WHERE NOT at_start AND NOT returned) AS first_time,
           count(*) FILTER (WHERE returned) AS returned,
           count(*) FILTER (WHERE visits > 1) AS repeating,
           coalesce(sum(visits - 1) FILTER (WHERE visits > 1), 0) AS gaps,
           coalesce(sum(gap_days) FILTER (WHERE visits > 1), 0) AS gap_days
    FROM placed
""")


def period_counts(db: Session, tenant_id: TenantId, period: Period, *, at: datetime) -> Counts:
    """Count a tenant's customers in a period, from what had happened by that moment."""
    asked = {
        "tenant_id": tenant_id,
        "zone": period.zone.key,
        "before_starts_at": period.before_starts_at,
        "starts_at": period.starts_at,
        "ends_at": period.ends_at,
        "at": at,
    }
    row = db.execute(COUNTS, asked).mappings().one()
    return Counts(**{name: int(number) for name, number in row.items()})
