"""Record that part or all of a purchase came back, or that it was corrected."""

from datetime import datetime

from sqlalchemy import text
from sqlalchemy.orm import Session

from kernel.ids import CustomerId, TenantId
from services.retention.operations.know_customer import know_customer
from services.retention.operations.refresh_rhythms import refresh_rhythms, zone_for_writing

RECORD = text("""
    INSERT INTO returns (tenant_id, return_id, purchase_id, occurred_at, refund, whole)
    VALUES (:tenant_id, :return_id, :purchase_id, :occurred_at, :refund, :whole)
    ON CONFLICT (tenant_id, purchase_id, return_id) DO NOTHING RETURNING 1
""")
APPLY = text("""
    UPDATE visits SET spend = due - came_back.refund, returned_at = came_back.returned_at
    FROM (
        SELECT sum(refund) AS refund,
               (array_agg(CASE WHEN whole THEN occurred_at END ORDER BY occurred_at DESC, return_id DESC))[1]
                   AS returned_at
        FROM returns WHERE tenant_id = :tenant_id AND purchase_id = :purchase_id
    ) came_back
    WHERE tenant_id = :tenant_id AND purchase_id = :purchase_id
""")


def record_return(
    db: Session,
    tenant_id: TenantId,
    customer_id: CustomerId,
    purchase_id: str,
    return_id: str,
    *,
    refund: int,
    whole: bool,
    corrected: bool = False,
    at: datetime,
) -> None:
    """Take a refund off a visit, once; a whole return undoes the visit, and a correction may bring it back.

    Waits for the purchase if it comes later.
    """
    zone = zone_for_writing(db, tenant_id)
    know_customer(db, tenant_id, customer_id, at=at)
    came_back = {
        "tenant_id": tenant_id,
        "return_id": return_id,
        "purchase_id": purchase_id,
        "occurred_at": at,
        "refund": refund,
        "whole": whole,
    }
    if db.execute(RECORD, came_back).first() is None:
        return
    db.execute(APPLY, {"tenant_id": tenant_id, "purchase_id": purchase_id})
    if whole or corrected:
        refresh_rhythms(db, tenant_id, [customer_id], zone)
