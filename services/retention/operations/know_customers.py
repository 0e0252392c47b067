"""Take note of what is told about customers."""

from collections.abc import Iterable, Sequence

from sqlalchemy.orm import Session

from chassis.data.pipelines import Answer, Pipeline, Row, pipeline
from kernel.ids import CustomerId, TenantId
from services.retention.domain.history import Known, in_sum
from services.retention.domain.rhythm import VisitDays
from services.retention.queries.rhythms import VisitFacts

# A row that has nothing to learn is locked all the same.
KNOW = """
    INSERT INTO customers AS known (tenant_id, customer_id, version, language, status, known_at)
    SELECT %b::text, * FROM unnest(%b::text[], %b::bigint[], %b::text[], %b::text[], %b::timestamptz[])
    ON CONFLICT (tenant_id, customer_id) DO UPDATE SET
        version = greatest(known.version, excluded.version),
        language = CASE WHEN excluded.version > known.version THEN excluded.language ELSE known.language END,
        status = CASE WHEN excluded.version > known.version THEN excluded.status ELSE known.status END,
        known_at = least(known.known_at, excluded.known_at)
    WHERE excluded.version > known.version OR excluded.known_at < known.known_at
"""
KEPT = """
    SELECT customer_id, visits, first_on, latest_on, latest_at FROM customers
    WHERE tenant_id = %b::text AND customer_id = ANY (%b::text[])
"""


def know_customers(db: Session, tenant_id: TenantId, told: Sequence[Known]) -> None:
    """Keep the newest facts and the earliest moment of each customer, in whatever order they are told."""
    if not told:
        return
    with pipeline(db) as sending:
        send_known(sending, tenant_id, in_sum(told))


def send_known(sending: Pipeline, tenant_id: TenantId, customers: Sequence[Known]) -> Answer:
    """Lock these customers, who stand in order, and ask what is kept of their visits: `kept_visits` reads the answer.

    In order, so that who locks the same customers waits instead of being locked out.
    """
    rows = [(one.customer_id, one.version, one.language, one.status, one.at) for one in customers]
    sending.send(KNOW, [tenant_id, *zip(*rows, strict=True)])
    return sending.send(KEPT, [tenant_id, [one.customer_id for one in customers]])


def kept_visits(found: Iterable[Row]) -> dict[CustomerId, VisitFacts]:
    """What is kept of the visits of each customer."""
    return {
        CustomerId(customer_id): VisitFacts(
            VisitDays(visits, first_on, tuple(latest_on)) if visits else None, latest_at
        )
        for customer_id, visits, first_on, latest_on, latest_at in found
    }
