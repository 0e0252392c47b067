"""Record that a customer came and bought."""

from datetime import datetime

from sqlalchemy import text
from sqlalchemy.orm import Session

from kernel.ids import CustomerId, TenantId
from services.retention.domain.local_day import local_date
from services.retention.domain.rhythm import with_day
from services.retention.operations.know_customer import know_customer
from services.retention.operations.refresh_rhythms import keep_rhythms, refresh_rhythms, zone_for_writing
from services.retention.queries.rhythms import VisitFacts

# A return may have been heard of first.
RECORD = text("""
    INSERT INTO visits (tenant_id, purchase_id, customer_id, occurred_at, currency, due, spend, returned_at)
    SELECT :tenant_id, :purchase_id, :customer_id, :occurred_at, :currency, :due,
           :due - coalesce(sum(refund), 0),
           (array_agg(CASE WHEN whole THEN occurred_at END ORDER BY occurred_at DESC, return_id DESC))[1]
    FROM returns WHERE tenant_id = :tenant_id AND purchase_id = :purchase_id
    ON CONFLICT (tenant_id, purchase_id) DO NOTHING RETURNING returned_at
""")


def record_visit(
    db: Session,
    tenant_id: TenantId,
    customer_id: CustomerId,
    purchase_id: str,
    *,
    currency: str,
    due: int,
    at: datetime,
) -> None:
    """Add a purchase to a customer's visits, once. `due` is in minor units of the currency.

    The visits made before are read only when this one is told so late that it may be on the day of one of them.
    """
    zone = zone_for_writing(db, tenant_id)
    kept = know_customer(db, tenant_id, customer_id, at=at)
    visit = {
        "tenant_id": tenant_id,
        "purchase_id": purchase_id,
        "customer_id": customer_id,
        "occurred_at": at,
        "currency": currency,
        "due": due,
    }
    recorded = db.execute(RECORD, visit).first()
    if recorded is None:
        return
    days = with_day(kept.days, local_date(at, zone)) if recorded.returned_at is None else None
    if days is None:
        refresh_rhythms(db, tenant_id, [customer_id], zone)
    else:
        keep_rhythms(db, tenant_id, {customer_id: VisitFacts(days, max(at, kept.latest_at or at))})
