"""Record that customers came and bought."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from chassis.data.pipelines import pipeline
from kernel.ids import TenantId
from services.retention.domain.history import Known, Visit, in_sum
from services.retention.domain.local_day import local_date
from services.retention.domain.rhythm import with_day
from services.retention.operations.know_customers import kept_visits, send_known
from services.retention.operations.refresh_rhythms import keep_rhythms, refresh_rhythms, zone_for_writing
from services.retention.queries.rhythms import VisitFacts

# Returns may have been heard of first.
RECORD = """
    INSERT INTO visits (tenant_id, purchase_id, customer_id, occurred_at, currency, due, spend, returned_at)
    SELECT %b::text, visit.*, visit.due - coalesce(came_back.refund, 0), came_back.returned_at
    FROM unnest(%b::text[], %b::text[], %b::timestamptz[], %b::text[], %b::bigint[])
        AS visit (purchase_id, customer_id, occurred_at, currency, due)
    CROSS JOIN LATERAL (
        SELECT sum(refund) AS refund,
               (array_agg(CASE WHEN whole THEN occurred_at END ORDER BY occurred_at DESC, return_id DESC))[1]
                   AS returned_at
        FROM returns WHERE returns.tenant_id = %b::text AND returns.purchase_id = visit.purchase_id
    ) came_back
    ON CONFLICT (tenant_id, purchase_id) DO NOTHING RETURNING purchase_id, returned_at
"""


def record_visits(db: Session, tenant_id: TenantId, visits: Sequence[Visit]) -> None:
    """Add purchases to their customers' visits, each once.

    The visits made before are read only of customers of whom one is told so late that it may be on the day of another.
    """
    if not visits:
        return
    zone = zone_for_writing(db, tenant_id)
    rows = [(one.purchase_id, one.customer_id, one.at, one.currency, one.due) for one in visits]
    with pipeline(db) as sending:
        known = send_known(sending, tenant_id, in_sum(Known(one.customer_id, one.at) for one in visits))
        recorded = sending.send(RECORD, [tenant_id, *zip(*rows, strict=True), tenant_id])
    facts = kept_visits(known.fetchall())
    returned_at: dict[str, datetime | None] = dict(recorded.fetchall())
    added, late = set(), set()
    for one in visits:
        # What is told twice was recorded as it was told first.
        if one.purchase_id not in returned_at:
            continue
        returned = returned_at.pop(one.purchase_id) is not None
        before = facts[one.customer_id]
        days = None if returned else with_day(before.days, local_date(one.at, zone))
        if days is None:
            late.add(one.customer_id)
        else:
            added.add(one.customer_id)
            facts[one.customer_id] = VisitFacts(days, max(one.at, before.latest_at or one.at))
    keep_rhythms(db, tenant_id, {customer_id: facts[customer_id] for customer_id in added - late})
    refresh_rhythms(db, tenant_id, late, zone)
