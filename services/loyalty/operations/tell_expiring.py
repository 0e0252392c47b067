"""Telling customers that units are about to die. Source: docs/rules/expiry.md."""

from datetime import datetime, timedelta

from sqlalchemy import text
from sqlalchemy.orm import Session

from contracts.events.loyalty import PointsExpiring
from kernel.ids import CustomerId, TenantId
from kernel.points import Points
from services.loyalty.domain.local_day import day_end, local_date
from services.loyalty.domain.terms import Terms
from services.loyalty.queries.program_shelf import SHELF
from services.loyalty.tables.gift_cards import CARDS
from services.loyalty.tables.postings import Postings

BATCH_MAX = 500
# What dies within the days, and was not told of as late as that: by this notice, or by one nearer to the end. The
# insert decides who tells where two do it at once.
TELL = text("""
    INSERT INTO expiry_notices (tenant_id, customer_id, unit, expires_at, days, amount, told_at)
    SELECT :tenant_id, d.customer_id, :unit, d.expires_at, :days, d.amount, :at FROM (
        SELECT customer_id, expires_at, sum(remaining)::bigint AS amount FROM (
            SELECT customer_id, expires_at, remaining FROM lots
            WHERE tenant_id = :tenant_id AND unit = :unit AND remaining > 0 AND awaits IS NULL
              AND expires_at > :at AND expires_at <= :until
            UNION ALL
            SELECT w.customer_id, w.lapses_at, l.remaining FROM wallets w
            JOIN lots l ON l.tenant_id = w.tenant_id AND l.customer_id = w.customer_id AND l.unit = w.unit
            WHERE w.tenant_id = :tenant_id AND w.unit = :unit AND w.lapses_at > :at AND w.lapses_at <= :until
              AND l.sliding AND l.remaining > 0
        ) AS dying
        GROUP BY customer_id, expires_at
    ) AS d
    JOIN customers c ON c.tenant_id = :tenant_id AND c.customer_id = d.customer_id AND c.status <> ALL(:cards)
    WHERE NOT EXISTS (
        SELECT FROM expiry_notices n
        WHERE n.tenant_id = :tenant_id AND n.customer_id = d.customer_id AND n.unit = :unit
          AND n.expires_at = d.expires_at AND n.days <= :days)
    ORDER BY d.customer_id, d.expires_at LIMIT :limit
    ON CONFLICT DO NOTHING
    RETURNING customer_id, expires_at, amount
""")


def tell_expiring(db: Session, tenant_id: TenantId, *, at: datetime) -> int:
    """Tell of units that die within the notice days of the live program; returns how many notices.

    One for each customer, moment and notice, however often this runs. Cost follows what dies within the days.
    """
    program = SHELF.live(db, tenant_id)
    if program is None:
        return 0
    terms = program.document
    postings = Postings()
    told = sum(
        tell_within(db, tenant_id, postings, terms, unit, days, at)
        for unit, of_unit in terms.units.items()
        # The nearest first: whoever is told a week before is not told in the same breath a month before.
        for days in sorted(of_unit.notice_days)
    )
    postings.write(db)
    return told


def tell_within(
    db: Session, tenant_id: TenantId, postings: Postings, terms: Terms, unit: str, days: int, at: datetime
) -> int:
    """Tell of one unit's lots that die within so many of the shop's days; returns how many notices."""
    until = day_end(local_date(at, terms.zone) + timedelta(days=days), terms.zone)
    named = {
        "tenant_id": tenant_id,
        "unit": unit,
        "days": days,
        "at": at,
        "until": until,
        "limit": BATCH_MAX,
        "cards": list(CARDS),
    }
    rows = db.execute(TELL, named).all()
    for row in rows:
        postings.tell(
            PointsExpiring(
                tenant_id=tenant_id,
                customer_id=CustomerId(row.customer_id),
                occurred_at=at,
                unit=unit,
                amount=Points(row.amount),
                expires_at=row.expires_at,
                last_day=local_date(row.expires_at - timedelta(microseconds=1), terms.zone),
                days=days,
            ),
            None,
        )
    return len(rows)
