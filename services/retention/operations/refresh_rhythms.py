"""Bring the kept rhythms in line with the visits."""

from collections.abc import Mapping, Sequence
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import text
from sqlalchemy.orm import Session

from kernel.ids import CustomerId, TenantId
from services.retention.domain.refusals import TenantNotReady
from services.retention.queries.rhythms import VisitFacts, facts_from_visits
from services.retention.queries.time_zone import time_zone

HOLD_ZONE = text("SELECT pg_advisory_xact_lock_shared(hashtextextended('time zone ' || :tenant_id, 0))")
KEEP = text("""
    UPDATE customers SET visits = :visits, first_on = :first_on, last_on = :last_on,
        gap = :gap, gap_last = :gap_last, gap_before = :gap_before, latest_on = :latest_on, latest_at = :latest_at
    WHERE tenant_id = :tenant_id AND customer_id = :customer_id
""")


def refresh_rhythms(db: Session, tenant_id: TenantId, customers: Sequence[CustomerId], zone: ZoneInfo) -> None:
    """Work out these customers' rhythms anew and keep them. Their rows must be locked."""
    keep_rhythms(db, tenant_id, facts_from_visits(db, tenant_id, customers, zone))


def keep_rhythms(db: Session, tenant_id: TenantId, facts: Mapping[CustomerId, VisitFacts]) -> None:
    """Keep what the visits of these customers say. Their rows must be locked."""
    rows = [
        {"tenant_id": tenant_id, "customer_id": customer_id, **columns(facts[customer_id])}
        for customer_id in sorted(facts)
    ]
    if rows:
        db.execute(KEEP, rows)


def columns(facts: VisitFacts) -> dict[str, Any]:
    """The columns of a customer's row that hold the rhythm."""
    rhythm = facts.rhythm
    return {
        "visits": rhythm.visits if rhythm else 0,
        "first_on": rhythm and rhythm.first_on,
        "last_on": rhythm and rhythm.last_on,
        "gap": rhythm and rhythm.gap,
        "gap_last": rhythm and rhythm.gap_last,
        "gap_before": rhythm and rhythm.gap_before,
        "latest_on": facts.days and list(facts.days.latest),
        "latest_at": facts.latest_at,
    }


def zone_for_writing(db: Session, tenant_id: TenantId) -> ZoneInfo:
    """The tenant's zone; UTC while it is unknown, and then it stays so until this transaction ends.

    Purchases may be heard of before the tenant is. Call it before any lock is taken on a customer.
    """
    try:
        return time_zone(db, tenant_id)
    except TenantNotReady:
        db.execute(HOLD_ZONE, {"tenant_id": tenant_id})
    try:
        return time_zone(db, tenant_id)
    except TenantNotReady:
        return ZoneInfo("UTC")
