"""Record that parts or all of purchases came back, or that they were corrected."""

from collections.abc import Sequence

from sqlalchemy.orm import Session

from chassis.data.pipelines import pipeline
from kernel.ids import TenantId
from services.retention.domain.history import Known, Return, in_sum
from services.retention.operations.know_customers import send_known
from services.retention.operations.refresh_rhythms import refresh_rhythms, zone_for_writing

RECORD = """
    INSERT INTO returns (tenant_id, return_id, purchase_id, occurred_at, refund, whole)
    SELECT %b::text, * FROM unnest(%b::text[], %b::text[], %b::timestamptz[], %b::bigint[], %b::boolean[])
    ON CONFLICT (tenant_id, purchase_id, return_id) DO NOTHING RETURNING purchase_id, return_id
"""
APPLY = """
    UPDATE visits SET spend = due - came_back.refund, returned_at = came_back.returned_at
    FROM (
        SELECT purchase_id, sum(refund) AS refund,
               (array_agg(CASE WHEN whole THEN occurred_at END ORDER BY occurred_at DESC, return_id DESC))[1]
                   AS returned_at
        FROM returns WHERE tenant_id = %b::text AND purchase_id = ANY (%b::text[])
        GROUP BY purchase_id
    ) came_back
    WHERE visits.tenant_id = %b::text AND visits.purchase_id = came_back.purchase_id
"""


def record_returns(db: Session, tenant_id: TenantId, returns: Sequence[Return]) -> None:
    """Take refunds off visits, each once; a whole return undoes the visit, and a correction may bring it back.

    A return waits for its purchase if that comes later.
    """
    if not returns:
        return
    zone = zone_for_writing(db, tenant_id)
    rows = [(one.return_id, one.purchase_id, one.at, one.refund, one.whole) for one in returns]
    purchases = sorted({one.purchase_id for one in returns})
    with pipeline(db) as sending:
        send_known(sending, tenant_id, in_sum(Known(one.customer_id, one.at) for one in returns))
        recorded = sending.send(RECORD, [tenant_id, *zip(*rows, strict=True)])
        sending.send(APPLY, [tenant_id, purchases, tenant_id])
    new = set(recorded.fetchall())
    moved = {one.customer_id for one in returns if (one.purchase_id, one.return_id) in new}
    refresh_rhythms(db, tenant_id, moved, zone)
