"""Bring the kept rhythms in line with the visits."""

from collections.abc import Collection, Mapping
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import text
from sqlalchemy.orm import Session

from chassis.data.pipelines import pipeline
from kernel.ids import CustomerId, TenantId
from services.retention.domain.refusals import TenantNotReady
from services.retention.queries.rhythms import VisitFacts, facts_from_visits
from services.retention.queries.time_zone import time_zone

HOLD_ZONE = text("SELECT pg_advisory_xact_lock_shared(hashtextextended('time zone ' || :tenant_id, 0))")
KEEP = """
    UPDATE customers SET visits = kept.visits, first_on = kept.first_on, last_on = kept.last_on,
        gap = kept.gap::numeric, gap_last = kept.gap_last, gap_before = kept.gap_before::numeric,
        latest_on = kept.latest_on::date[], latest_at = kept.latest_at
    FROM unnest(%b::text[], %b::bigint[], %b::date[], %b::date[], %b::text[], %b::bigint[], %b::text[], %b::text[],
                %b::timestamptz[])
        AS kept (customer_id, visits, first_on, last_on, gap, gap_last, gap_before, latest_on, latest_at)
    WHERE customers.tenant_id = %b::text AND customers.customer_id = kept.customer_id
"""


def refresh_rhythms(db: Session, tenant_id: TenantId, customers: Collection[CustomerId], zone: ZoneInfo) -> None:
    """Work out these customers' rhythms anew and keep them. Their rows must be locked."""
    if customers:
        keep_rhythms(db, tenant_id, facts_from_visits(db, tenant_id, customers, zone))


def keep_rhythms(db: Session, tenant_id: TenantId, facts: Mapping[CustomerId, VisitFacts]) -> None:
    """Keep what the visits of these customers say. Their rows must be locked."""
    if facts:
        rows = [columns(customer_id, known) for customer_id, known in facts.items()]
        with pipeline(db) as sending:
            sending.send(KEEP, [*zip(*rows, strict=True), tenant_id])


def columns(customer_id: CustomerId, facts: VisitFacts) -> tuple[Any, ...]:
    """What of a customer's row holds the rhythm. Numbers with a point and the list of days are texts."""
    rhythm, latest_at = facts.rhythm, facts.latest_at
    if facts.days is None or rhythm is None:
        return customer_id, 0, None, None, None, None, None, None, latest_at
    latest_on = f"{{{','.join(map(str, facts.days.latest))}}}"
    gaps = in_figures(rhythm.gap), rhythm.gap_last, in_figures(rhythm.gap_before)
    return customer_id, rhythm.visits, rhythm.first_on, rhythm.last_on, *gaps, latest_on, latest_at


def in_figures(gap: Decimal | None) -> str | None:
    """A gap as text."""
    return None if gap is None else str(gap)


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
