"""What moved in the ledger, day by day. Source: docs/reports.md."""

from collections.abc import Iterator, Mapping
from datetime import date, datetime, timedelta
from fractions import Fraction
from zoneinfo import ZoneInfo

from sqlalchemy import text
from sqlalchemy.orm import Session

from kernel.ids import TenantId
from services.loyalty.domain.journal import Holding, Moved, Posting, postings
from services.loyalty.domain.local_day import day_end, day_start
from services.loyalty.domain.terms import Terms
from services.loyalty.queries.worths import terms_then, worth_of

OPENING = text("""
    SELECT unit, customer_id LIKE 'gif\\_%' AS card, sum(amount) AS units FROM entries
    WHERE tenant_id = :tenant_id AND wallet = 'customer' AND recorded_at < :since GROUP BY 1, 2
""")
MOVED = text("""
    SELECT (recorded_at AT TIME ZONE :zone)::date AS day, unit, customer_id LIKE 'gif\\_%' AS card, wallet,
           -sum(amount) AS units
    FROM entries
    WHERE tenant_id = :tenant_id AND wallet <> 'customer' AND recorded_at >= :since AND recorded_at < :until
    GROUP BY 1, 2, 3, 4 HAVING sum(amount) <> 0
""")


def journal_of(
    db: Session, tenant_id: TenantId, first_on: date, last_on: date, *, zone: ZoneInfo, now: datetime
) -> Iterator[Posting]:
    """What to post for each day of the shop from the first to the last."""
    since, until = day_start(first_on, zone), day_end(last_on, zone)
    opening = {
        Holding(row.unit, row.card): int(row.units)
        for row in db.execute(OPENING, {"tenant_id": tenant_id, "since": since})
    }
    named = {"tenant_id": tenant_id, "since": since, "until": until, "zone": zone.key}
    moved = [
        Moved(row.day, Holding(row.unit, row.card), row.wallet, int(row.units)) for row in db.execute(MOVED, named)
    ]
    holdings = {*opening, *(move.holding for move in moved)}
    then = terms_then(db, tenant_id, now)

    def worths(terms: Terms | None) -> Mapping[Holding, Fraction]:
        known = {holding: worth_of(terms, holding.unit) for holding in holdings}
        return {holding: worth for holding, worth in known.items() if worth is not None}

    days = [first_on + timedelta(days=number) for number in range((last_on - first_on).days + 1)]
    return postings(
        opening, moved, {day: worths(then(min(day_end(day, zone), now))) for day in days}, worths(then(since))
    )
