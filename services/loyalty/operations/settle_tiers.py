"""Telling who rose, who fell, and who is about to. Source: docs/rules/tiers.md."""

from dataclasses import replace
from datetime import date, datetime, timedelta

from sqlalchemy import text
from sqlalchemy.orm import Session

from contracts.events.loyalty import TierWarning
from kernel.ids import TenantId
from services.loyalty.domain.tier_progress import TierRules
from services.loyalty.operations.apply_effects import by_language
from services.loyalty.operations.note_tier import note_tier
from services.loyalty.queries.customers import all_locked
from services.loyalty.queries.program_shelf import SHELF
from services.loyalty.queries.tiers import count_purchases, tier_records
from services.loyalty.tables.books import Books
from services.loyalty.tables.standings import Standing
from services.loyalty.tables.tiers import TierRecord

# Few at a time, so that nobody waits long for a lock.
BATCH_MAX = 50
# Whose purchases changed since they were counted, or are counted otherwise now; whose tier is over; whose end is near.
# Who was merged into somebody may have bought on with the old card, and is told of what they have together only.
DUE = text("""
    WITH RECURSIVE theirs (owner, customer_id) AS (
        SELECT m.into_customer_id, m.from_customer_id FROM wallet_merges m
        WHERE m.tenant_id = :tenant_id AND m.undone_at IS NULL
        UNION
        SELECT theirs.owner, m.from_customer_id FROM theirs
        JOIN wallet_merges m ON m.into_customer_id = theirs.customer_id
        WHERE m.tenant_id = :tenant_id AND m.undone_at IS NULL
    ), merged AS (
        SELECT theirs.owner, sum(c.purchases_version) AS version FROM theirs
        JOIN customers c ON c.tenant_id = :tenant_id AND c.customer_id = theirs.customer_id GROUP BY 1
    )
    SELECT c.customer_id FROM customers c
    LEFT JOIN tier_progress t ON t.tenant_id = c.tenant_id AND t.customer_id = c.customer_id
    LEFT JOIN merged m ON m.owner = c.customer_id
    WHERE c.tenant_id = :tenant_id AND c.customer_id > :after
      AND NOT EXISTS (
        SELECT FROM wallet_merges g
        WHERE g.tenant_id = c.tenant_id AND g.from_customer_id = c.customer_id AND g.undone_at IS NULL)
      AND (
        (c.purchases_version > 0 AND (
            t.customer_id IS NULL OR t.counted_by <> :key OR t.counted_at <> c.purchases_version
            OR t.merged_at <> coalesce(m.version, 0)))
        OR t.ends_on < :today
        OR (t.ends_on <= :warn_until AND t.warned_for IS DISTINCT FROM t.ends_on))
    ORDER BY c.customer_id LIMIT :limit
""")


def settle_tiers(db: Session, tenant_id: TenantId, *, after: str, at: datetime) -> tuple[int, str | None]:
    """Note where some customers stand of whom it is not noted, and warn who is about to fall; by id, `after` one.

    Returns how many, and after which to go on; None when there are no more: whoever goes on looks at each once.
    Sales know without it: the clock decides. Each end is warned of once.
    """
    program = SHELF.live(db, tenant_id, at)
    rules = program.document.tier_rules if program else None
    if rules is None:
        return 0, None
    today = rules.day(at)
    sought = {"tenant_id": tenant_id, "key": rules.key, "today": today, "warn_until": warn_until(rules, today)}
    due = db.scalars(DUE, {**sought, "after": after, "limit": BATCH_MAX}).all()
    standings = all_locked(db, tenant_id, due)
    records = tier_records(db, [standing.owner for standing in standings.values()])
    counted = count_purchases(db, tenant_id, due, rules)
    books = Books(at)
    for customer_id, standing in standings.items():
        record = replace(
            records[standing.owner],
            counted_by=rules.key,
            counted_at=standing.purchases_version,
            merged_at=counted[customer_id].merged_at,
            progress=counted[customer_id].progress,
        )
        warn(books, standing, rules, note_tier(books, standing, rules, record, today), today)
    books.close(db)
    return len(due), due[-1] if len(due) == BATCH_MAX else None


def warn_until(rules: TierRules, today: date) -> date | None:
    """The last end that is warned of today."""
    days = rules.tiers.warning_days
    return None if days is None else today + timedelta(days=days)


def warn(books: Books, standing: Standing, rules: TierRules, record: TierRecord, today: date) -> None:
    """Tell a customer who is about to fall what it takes to stay, unless they were told."""
    ends_on, until = record.told.ends_on, warn_until(rules, today)
    if ends_on is None or until is None or ends_on > until or record.warned_for == ends_on:
        return
    books.keep_tier(standing, replace(record, warned_for=ends_on))
    found = rules.standing(record.progress, record.floor, today, record.admission(standing.segments))
    if found.tier is None or not found.needed:
        return
    books.postings.tell(
        TierWarning(
            tenant_id=standing.tenant_id,
            customer_id=standing.customer_id,
            occurred_at=books.at,
            tier=found.tier.id,
            tier_name=by_language(found.tier.name),
            ends_on=ends_on,
            days_left=(ends_on - today).days,
            unit=rules.counts,
            counted=found.counted,
            needed=found.needed,
            falls_to=found.falls_to.id if found.falls_to else None,
            falls_to_name=by_language(found.falls_to.name) if found.falls_to else None,
        ),
        None,
    )
