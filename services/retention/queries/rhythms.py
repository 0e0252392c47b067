"""The rhythms of customers: as they are kept, or worked out from visits as of any moment."""

from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import text
from sqlalchemy.orm import Session

from kernel.ids import CustomerId, TenantId
from services.retention.domain.refusals import CustomerNotFound
from services.retention.domain.rhythm import LATEST_MAX, Rhythm, VisitDays

END_OF_TIME = datetime.max.replace(tzinfo=UTC)

# A visit counts at a moment when it was made by then and was not wholly returned by then.
FROM_VISITS = text(f"""
    SELECT customer_id, max(greatest(occurred_at, returned_at)) AS latest_at,
           count(DISTINCT day) FILTER (WHERE counts) AS visits, min(day) FILTER (WHERE counts) AS first_on,
           (array_agg(DISTINCT day ORDER BY day DESC) FILTER (WHERE counts))[1:{LATEST_MAX}] AS latest
    FROM (
        SELECT customer_id, occurred_at, returned_at, (occurred_at AT TIME ZONE :zone)::date AS day,
               occurred_at <= :at AND (returned_at IS NULL OR returned_at > :at) AS counts
        FROM visits WHERE tenant_id = :tenant_id AND customer_id = ANY (:customers)
    ) visit
    GROUP BY customer_id
""")  # noqa: S608 - the one thing put in is a number of ours
KEPT = text("""
    SELECT visits, first_on, last_on, gap, gap_last, gap_before, count(*) AS customers
    FROM customers
    WHERE tenant_id = :tenant_id AND known_at <= :at AND (latest_at IS NULL OR latest_at <= :at)
    GROUP BY visits, first_on, last_on, gap, gap_last, gap_before
""")
CHANGED_SINCE = text("""
    SELECT customer_id FROM customers WHERE tenant_id = :tenant_id AND known_at <= :at AND latest_at > :at
""")
ONE = text("""
    SELECT visits, first_on, last_on, gap, gap_last, gap_before, latest_at
    FROM customers WHERE tenant_id = :tenant_id AND customer_id = :customer_id AND known_at <= :at
""")


@dataclass(frozen=True, slots=True)
class VisitFacts:
    """What the visits of one customer say: their days (None without a visit), and since when it is so."""

    days: VisitDays | None
    latest_at: datetime | None

    @property
    def rhythm(self) -> Rhythm | None:
        """The rhythm they make."""
        return self.days.rhythm if self.days else None


def facts_from_visits(
    db: Session, tenant_id: TenantId, customers: Collection[CustomerId], zone: ZoneInfo, *, at: datetime = END_OF_TIME
) -> Mapping[CustomerId, VisitFacts]:
    """Work out the rhythms of these customers as they were at a moment. Who never bought is left out."""
    asked = {"tenant_id": tenant_id, "customers": list(customers), "zone": zone.key, "at": at}
    return {
        CustomerId(row.customer_id): VisitFacts(
            VisitDays(row.visits, row.first_on, tuple(row.latest)) if row.visits else None, row.latest_at
        )
        for row in db.execute(FROM_VISITS, asked)
    }


def rhythms_at(db: Session, tenant_id: TenantId, zone: ZoneInfo, *, at: datetime) -> Counter[Rhythm | None]:
    """How many of the customers known at that moment had which rhythm; None for those without a visit."""
    asked = {"tenant_id": tenant_id, "at": at}
    counted: Counter[Rhythm | None] = Counter()
    for row in db.execute(KEPT, asked):
        counted[kept_rhythm(row)] += row.customers
    changed = list(db.execute(CHANGED_SINCE, asked).scalars())
    if changed:
        counted.update(facts.rhythm for facts in facts_from_visits(db, tenant_id, changed, zone, at=at).values())
    return counted


def rhythm_at(
    db: Session, tenant_id: TenantId, customer_id: CustomerId, zone: ZoneInfo, *, at: datetime
) -> Rhythm | None:
    """One customer's rhythm at that moment. Raises CustomerNotFound when the customer was not known then."""
    row = db.execute(ONE, {"tenant_id": tenant_id, "customer_id": customer_id, "at": at}).first()
    if row is None:
        raise CustomerNotFound(customer_id=customer_id)
    if row.latest_at is not None and row.latest_at > at:
        return facts_from_visits(db, tenant_id, [customer_id], zone, at=at)[customer_id].rhythm
    return kept_rhythm(row)


def kept_days(row: Any) -> VisitDays | None:
    """The days a row of customers holds."""
    return VisitDays(row.visits, row.first_on, tuple(row.latest_on)) if row.visits else None


def kept_rhythm(row: Any) -> Rhythm | None:
    """The rhythm a row of customers holds."""
    if row.visits == 0:
        return None
    return Rhythm(row.visits, row.first_on, row.last_on, row.gap, row.gap_last, row.gap_before)
