"""The proof of the ledger: every invariant as a query that finds the rows that break it. Source: docs/ledger.md."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from itertools import groupby, product

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from chassis.data.database import Database
from chassis.data.known_tenants import known_tenants
from chassis.data.verification import Breach
from kernel.ids import TenantId
from services.loyalty.domain.membership import last_day
from services.loyalty.queries.sealed import broken_chain
from services.loyalty.queries.verify_coupons import COUPONS
from services.loyalty.queries.verify_draws import DRAWS, draws_that_are_otherwise
from services.loyalty.queries.verify_instant_wins import INSTANT_WINS, instant_wins_that_are_otherwise
from services.loyalty.queries.verify_limits import LIMITS
from services.loyalty.queries.verify_tiers import wrong_tiers
from services.loyalty.tables.memberships import MembershipEntryRow, MembershipRow, time_entry
from services.loyalty.tables.moves import PERSONS

# Each query names what is broken (`subject`) and how (`detail`); none of them finds anything in a sound ledger.
INVARIANTS = {
    "I1 a transaction's entries add up to zero": """
        SELECT transaction_id AS subject, 'unit ' || unit || ' sums to ' || sum(amount) AS detail
        FROM entries WHERE tenant_id = :tenant_id GROUP BY transaction_id, unit HAVING sum(amount) <> 0
    """,
    "I1 all entries add up to zero": """
        SELECT unit AS subject, 'sums to ' || sum(amount) AS detail
        FROM entries WHERE tenant_id = :tenant_id GROUP BY unit HAVING sum(amount) <> 0
    """,
    "I2 a wallet's balance is the sum of its entries": """
        WITH sums AS (
            SELECT customer_id, unit, sum(amount) AS total FROM entries
            WHERE tenant_id = :tenant_id AND wallet = 'customer' GROUP BY customer_id, unit
        )
        SELECT coalesce(w.customer_id, s.customer_id) AS subject,
               'balance ' || coalesce(w.balance, 0) || ', entries ' || coalesce(s.total, 0) AS detail
        FROM (SELECT * FROM wallets WHERE tenant_id = :tenant_id) w
        FULL JOIN sums s ON s.customer_id = w.customer_id AND s.unit = w.unit
        WHERE coalesce(w.balance, 0) <> coalesce(s.total, 0)
    """,
    "I2 a wallet's balance is the sum of its open lots": """
        WITH sums AS (
            SELECT customer_id, unit, sum(remaining) AS total,
                   -coalesce(sum(remaining) FILTER (WHERE remaining < 0), 0) AS debt FROM lots
            WHERE tenant_id = :tenant_id AND remaining <> 0 GROUP BY customer_id, unit
        )
        SELECT coalesce(w.customer_id, s.customer_id) AS subject,
               'balance ' || coalesce(w.balance, 0) || ', debt ' || coalesce(w.debt, 0)
               || '; lots ' || coalesce(s.total, 0) || ', debt ' || coalesce(s.debt, 0) AS detail
        FROM (SELECT * FROM wallets WHERE tenant_id = :tenant_id) w
        FULL JOIN sums s ON s.customer_id = w.customer_id AND s.unit = w.unit
        WHERE coalesce(w.balance, 0) <> coalesce(s.total, 0) OR coalesce(w.debt, 0) <> coalesce(s.debt, 0)
    """,
    "I2 the balance after each entry runs on from the one before": """
        SELECT subject, 'entry ' || position || ' says ' || balance_after || ', the sum is ' || running AS detail
        FROM (
            SELECT customer_id AS subject, position, balance_after,
                   sum(amount) OVER (PARTITION BY customer_id, unit ORDER BY position) AS running
            FROM entries WHERE tenant_id = :tenant_id AND wallet = 'customer'
        ) AS lines WHERE balance_after <> running
    """,
    "I2 what is left of a lot is what no draw took": """
        SELECT l.id AS subject,
               'left ' || l.remaining || ' of ' || l.amount || ', drawn ' || coalesce(d.total, 0) AS detail
        FROM lots l LEFT JOIN (
            SELECT lot_id, sum(amount) AS total FROM draws WHERE tenant_id = :tenant_id GROUP BY lot_id
        ) AS d ON d.lot_id = l.id
        WHERE l.tenant_id = :tenant_id AND l.remaining <> l.amount - coalesce(d.total, 0)
    """,
    # Books that began before lots and draws said when they were recorded have no such days.
    "I2 of every day, lots and draws say what the entries say": """
        SELECT unit AS subject, day || ': lots ' || sum(lots) || ', entries ' || sum(entries) AS detail FROM (
            SELECT unit, recorded_at::date AS day, amount AS lots, 0 AS entries FROM lots WHERE tenant_id = :tenant_id
            UNION ALL
            SELECT l.unit, d.recorded_at::date, -d.amount, 0 FROM draws d
            JOIN lots l ON l.tenant_id = d.tenant_id AND l.id = d.lot_id WHERE d.tenant_id = :tenant_id
            UNION ALL
            SELECT unit, recorded_at::date, 0, amount FROM entries
            WHERE tenant_id = :tenant_id AND wallet = 'customer'
        ) AS moved
        WHERE NOT EXISTS (SELECT FROM lots WHERE tenant_id = :tenant_id AND recorded_at IS NULL)
          AND NOT EXISTS (SELECT FROM draws WHERE tenant_id = :tenant_id AND recorded_at IS NULL)
        GROUP BY unit, day HAVING sum(lots) <> sum(entries)
    """,
    "I2 a lot that slides is in a wallet that says until when": """
        SELECT l.id AS subject, 'left ' || l.remaining AS detail FROM lots l
        LEFT JOIN wallets w ON w.tenant_id = l.tenant_id AND w.customer_id = l.customer_id AND w.unit = l.unit
        WHERE l.tenant_id = :tenant_id AND l.sliding AND l.remaining <> 0 AND w.lapses_at IS NULL
    """,
    # Of customers who were merged, one counts what all of them earned.
    "I2 no wallet counts more earned in a period than was accrued": f"""
        {PERSONS}
        SELECT w.customer_id AS subject, 'earned ' || w.earned || ' since ' || w.earned_since AS detail
        FROM wallets w WHERE w.tenant_id = :tenant_id AND w.earned > (
            SELECT coalesce(sum(e.amount), 0) FROM entries e
            WHERE e.tenant_id = w.tenant_id AND e.unit = w.unit
              AND e.customer_id IN (
                  SELECT w.customer_id UNION ALL
                  SELECT p.customer_id FROM persons p WHERE p.person = w.customer_id OR p.person IN (
                      SELECT same.person FROM persons same WHERE same.customer_id = w.customer_id))
              AND e.wallet = 'customer' AND e.kind IN ('accrual', 'reversal') AND e.amount > 0
              AND e.occurred_at >= w.earned_since - interval '1 day')
    """,  # noqa: S608 - the text is ours
    # Of whatever state: what was given for it and taken back since is what its effects say now, and what was let go,
    # because it had died or, where the program does not make debts of it, had been spent.
    "I3 a purchase accrued what its effects say, once": """
        WITH said AS (
            SELECT p.id, effect ->> 'unit' AS unit, (effect ->> 'amount')::bigint AS units
            FROM purchases p, jsonb_array_elements(p.effects::jsonb) AS effect
            WHERE p.tenant_id = :tenant_id AND effect ->> 'kind' = 'accrue'
            UNION ALL
            SELECT r.purchase_id, unit, (gone ->> 'forgiven')::bigint + (gone ->> 'waived')::bigint
            FROM returns r, jsonb_each(r.let_go::jsonb) AS let_go (unit, gone)
            WHERE r.tenant_id = :tenant_id
        ), posted AS (
            SELECT p.id, e.unit, -e.amount AS units FROM entries e
            LEFT JOIN returns r ON r.tenant_id = e.tenant_id AND r.id = e.reference
            JOIN purchases p ON p.tenant_id = e.tenant_id AND p.id = coalesce(r.purchase_id, e.reference)
            WHERE e.tenant_id = :tenant_id AND e.wallet = 'issued'
        )
        SELECT id AS subject, unit || ': effects ' || sum(said) || ', ledger ' || sum(posted) AS detail FROM (
            SELECT id, unit, units AS said, 0 AS posted FROM said
            UNION ALL SELECT id, unit, 0, units FROM posted
        ) AS both_sides GROUP BY id, unit HAVING sum(said) <> sum(posted)
    """,
    "I3 every accrual belongs to a purchase or to an award": """
        SELECT e.transaction_id AS subject, 'neither a purchase nor an award ' || e.reference AS detail FROM entries e
        LEFT JOIN purchases p ON p.tenant_id = e.tenant_id AND p.id = e.reference
        WHERE e.tenant_id = :tenant_id AND e.kind = 'accrual' AND e.wallet = 'customer' AND p.id IS NULL
          AND NOT EXISTS (SELECT FROM awards a
                          WHERE a.tenant_id = e.tenant_id AND a.source = e.reference AND a.customer_id = e.customer_id)
    """,
    "I3 awards accrued what they say, once": """
        WITH said AS (
            SELECT source, customer_id, unit, sum(units) AS units FROM awards
            WHERE tenant_id = :tenant_id AND units > 0 GROUP BY source, customer_id, unit
        ), posted AS (
            SELECT e.reference AS source, e.customer_id, e.unit, sum(e.amount) AS units FROM entries e
            WHERE e.tenant_id = :tenant_id AND e.wallet = 'customer' AND e.kind = 'accrual'
              AND EXISTS (SELECT FROM awards a WHERE a.tenant_id = e.tenant_id AND a.source = e.reference)
            GROUP BY e.reference, e.customer_id, e.unit
        )
        SELECT coalesce(s.source, p.source) AS subject,
               'awards ' || coalesce(s.units, 0) || ', ledger ' || coalesce(p.units, 0) AS detail
        FROM said s FULL JOIN posted p
            ON p.source = s.source AND p.customer_id = s.customer_id AND p.unit = s.unit
        WHERE coalesce(s.units, 0) <> coalesce(p.units, 0)
    """,
    "I3 a batch of awards gave each of its customers one": """
        SELECT b.id AS subject, 'says ' || b.given || ' given and ' || b.skipped || ' skipped, lines '
               || count(l.line) FILTER (WHERE l.status = 'given') || ' and '
               || count(l.line) FILTER (WHERE l.status = 'skipped') || ', awards ' || count(a.id) AS detail
        FROM award_batches b
        LEFT JOIN award_lines l ON l.tenant_id = b.tenant_id AND l.batch_id = b.id
        LEFT JOIN awards a ON a.tenant_id = l.tenant_id AND a.source = l.batch_id AND a.rule = l.batch_id
            AND a.customer_id = l.given_to
        WHERE b.tenant_id = :tenant_id
        GROUP BY b.tenant_id, b.id
        HAVING b.customers <> count(l.line) OR b.given <> count(a.id)
            OR b.given <> count(l.line) FILTER (WHERE l.status = 'given')
            OR b.skipped <> count(l.line) FILTER (WHERE l.status = 'skipped')
    """,
    "I3 every purchase was told once": """
        SELECT p.id AS subject, coalesce(o.times, 0) || ' events' AS detail FROM purchases p LEFT JOIN (
            SELECT data::jsonb ->> 'purchase_id' AS id, count(*) AS times FROM outbox
            WHERE tenant_id = :tenant_id AND type = 'loyalty.purchase_recorded.v1' GROUP BY 1
        ) AS o ON o.id = p.id
        WHERE p.tenant_id = :tenant_id AND coalesce(o.times, 0) <> 1
          AND p.recorded_at > (SELECT min(created_at) FROM outbox WHERE tenant_id = :tenant_id)
    """,
    "I4 what is held is the sum of open holds": """
        SELECT w.customer_id AS subject, 'held ' || w.held || ', holds ' || coalesce(h.total, 0) AS detail
        FROM wallets w LEFT JOIN (
            SELECT customer_id, unit, sum(amount - captured) AS total FROM holds
            WHERE tenant_id = :tenant_id AND status = 'held' GROUP BY customer_id, unit
        ) AS h ON h.customer_id = w.customer_id AND h.unit = w.unit
        WHERE w.tenant_id = :tenant_id AND w.held <> coalesce(h.total, 0)
    """,
    "I4 no hold stays open past its time": """
        SELECT id AS subject, 'ended ' || expires_at AS detail FROM holds
        WHERE tenant_id = :tenant_id AND status = 'held' AND expires_at < CAST(:at AS timestamptz) - interval '60 s'
    """,
    "I6 what paid for a purchase left its wallets": """
        WITH said AS (
            SELECT p.id, sum((effect ->> 'units')::bigint) AS units
            FROM purchases p, jsonb_array_elements(p.effects::jsonb) AS effect
            WHERE p.tenant_id = :tenant_id AND effect ->> 'kind' = 'pay' GROUP BY p.id
        ), posted AS (
            SELECT e.reference AS id, sum(e.amount) AS units FROM entries e
            JOIN purchases p ON p.tenant_id = e.tenant_id AND p.id = e.reference
            WHERE e.tenant_id = :tenant_id AND e.wallet = 'redeemed' GROUP BY e.reference
        )
        SELECT coalesce(s.id, e.id) AS subject,
               'effects ' || coalesce(s.units, 0) || ', ledger ' || coalesce(e.units, 0) AS detail
        FROM said s FULL JOIN posted e ON e.id = s.id WHERE coalesce(s.units, 0) <> coalesce(e.units, 0)
    """,
    "I7 what an allowance gave is what its sales were paid": """
        WITH said AS (
            SELECT effect ->> 'allowance' AS id, sum((effect ->> 'units_sold')::bigint) AS units
            FROM purchases p, jsonb_array_elements(p.effects::jsonb) AS effect
            WHERE p.tenant_id = :tenant_id AND effect ->> 'allowance' IS NOT NULL GROUP BY 1
        )
        SELECT coalesce(a.id, s.id) AS subject,
               'taken ' || coalesce(a.taken, 0) || ', sales ' || coalesce(s.units, 0) AS detail
        FROM (SELECT id, taken FROM offline_allowances WHERE tenant_id = :tenant_id) a
        FULL JOIN said s ON s.id = a.id WHERE coalesce(a.taken, 0) <> coalesce(s.units, 0)
    """,
    "I5 what was taken of a reward is its redemptions": """
        SELECT w.id AS subject, 'taken ' || w.taken || ', redemptions ' || coalesce(r.total, 0) AS detail
        FROM rewards w LEFT JOIN (
            SELECT reward_id, count(*) AS total FROM redemptions
            WHERE tenant_id = :tenant_id AND status <> 'cancelled' GROUP BY reward_id
        ) AS r ON r.reward_id = w.id
        WHERE w.tenant_id = :tenant_id AND w.taken <> coalesce(r.total, 0)
    """,
    "a pass has the entries left that its uses left": """
        SELECT p.id AS subject, 'left ' || p.entries_left || ' of ' || p.entries
               || ', uses come to ' || coalesce(u.total, 0) AS detail
        FROM passes p LEFT JOIN (
            SELECT pass_id, sum(entries) AS total FROM pass_uses WHERE tenant_id = :tenant_id GROUP BY pass_id
        ) AS u ON u.pass_id = p.id
        WHERE p.tenant_id = :tenant_id AND p.entries_left <> p.entries + coalesce(u.total, 0)
    """,
    "a membership has time on it, given or taken back": """
        SELECT m.id AS subject, 'no entries' AS detail FROM memberships m
        WHERE m.tenant_id = :tenant_id AND NOT EXISTS (
            SELECT FROM membership_entries e WHERE e.tenant_id = m.tenant_id AND e.membership_id = m.id)
    """,
    **LIMITS,
    **COUPONS,
    **DRAWS,
    **INSTANT_WINS,
}


Proof = Callable[[Session, TenantId, datetime], Iterator[Breach]]
MEMBERSHIP_END = "a membership ends when its entries say"


def breaches(database: Database, at: datetime) -> Iterator[Breach]:
    """Every row of every tenant that breaks an invariant, as of that moment. Asks on all connections at once."""
    with database.transaction() as db:
        tenants = known_tenants(db)

    def ask(tenant_id: TenantId, proof: Proof) -> list[Breach]:
        with database.transaction(tenant_id) as db:
            return found_by(proof, db, tenant_id, at)

    with ThreadPoolExecutor(database.pool_size) as helpers:
        for found in helpers.map(lambda asked: ask(*asked), product(tenants, PROOFS)):
            yield from found


def breaches_of(db: Session, tenant_id: TenantId, at: datetime) -> Iterator[Breach]:
    """Every row of one tenant that breaks an invariant."""
    for proof in PROOFS:
        yield from found_by(proof, db, tenant_id, at)


def found_by(proof: Proof, db: Session, tenant_id: TenantId, at: datetime) -> list[Breach]:
    """What one proof finds of one tenant. It reads everything there is, and may take its time."""
    db.execute(text("SET LOCAL statement_timeout = 0"))
    return [*proof(db, tenant_id, at)]


def asking(invariant: str) -> Proof:
    """The proof that is a query."""

    def ask(db: Session, tenant_id: TenantId, at: datetime) -> Iterator[Breach]:
        for row in db.execute(text(INVARIANTS[invariant]), {"tenant_id": tenant_id, "at": at}):
            yield Breach(invariant, tenant_id, row.subject, row.detail)

    return ask


def memberships_that_end_otherwise(db: Session, tenant_id: TenantId, _at: datetime) -> Iterator[Breach]:
    """Memberships whose last day is not what their entries of time come to."""
    said = select(MembershipRow.id, MembershipRow.ends_on).where(MembershipRow.tenant_id == tenant_id)
    ends = {row.id: row.ends_on for row in db.execute(said)}
    entries = (
        select(MembershipEntryRow)
        .where(MembershipEntryRow.tenant_id == tenant_id)
        .order_by(MembershipEntryRow.membership_id, MembershipEntryRow.position)
    )
    for membership_id, rows in groupby(db.scalars(entries), key=lambda row: row.membership_id):
        comes_to = last_day(tuple(map(time_entry, rows)))
        if ends.get(membership_id) != comes_to:
            detail = f"says {ends.get(membership_id)}, entries come to {comes_to}"
            yield Breach(MEMBERSHIP_END, tenant_id, membership_id, detail)


# The chain takes longest, and all of it in this process: it goes first, while the database is asked the rest.
PROOFS: tuple[Proof, ...] = (
    broken_chain,
    *map(asking, INVARIANTS),
    memberships_that_end_otherwise,
    draws_that_are_otherwise,
    instant_wins_that_are_otherwise,
    wrong_tiers,
)
