"""Leaderboards, and where everybody on them stands. Source: docs/rules/leaderboards.md."""

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple
from zoneinfo import ZoneInfo

from sqlalchemy import Row, select, text
from sqlalchemy.orm import Session

from kernel.ids import CustomerId, TenantId
from services.loyalty.domain.leaderboard import LeaderboardTerms, Round
from services.loyalty.domain.refusals.leaderboards import LeaderboardUnknown, RoundUnknown
from services.loyalty.queries.wallet_merges import same_person, survivor
from services.loyalty.tables.leaderboards import LeaderboardMemberRow, LeaderboardRoundRow, LeaderboardRow
from services.loyalty.tables.moves import PERSONS

LAST_ID = "~"
# A customer's purchases, the newest first, until one was recorded so long before the round that nothing older can be of
# it: tills run ahead by minutes, and ids come in the order of time. What they bought before costs nothing.
LATEST = """
    WITH RECURSIVE latest AS (
        (SELECT {columns} FROM purchases p WHERE p.tenant_id = :tenant_id AND p.customer_id = ids.customer_id
         ORDER BY p.id DESC LIMIT 1)
        UNION ALL
        SELECT older.* FROM latest CROSS JOIN LATERAL (
            SELECT {columns} FROM purchases p
            WHERE p.tenant_id = :tenant_id AND p.customer_id = ids.customer_id AND p.id < latest.id
            ORDER BY p.id DESC LIMIT 1
        ) AS older
        WHERE latest.recorded_at >= CAST(:since AS timestamptz) - interval '1 hour'
    )
    SELECT * FROM latest
""".format(columns="p.id, p.recorded_at, p.occurred_at, p.status, p.currency, p.due, p.effects")  # noqa: S608 - ours
# What those who joined came to in a round, as their purchases are now. Who is blocked, or came to nothing, is left out.
# Customers who were merged are listed as one, if any of them joined, with the purchases of all.
RANKED = f"""
    {PERSONS}, listed AS (
        SELECT DISTINCT coalesce(persons.person, m.customer_id) AS person
        FROM leaderboard_members m LEFT JOIN persons USING (customer_id)
        WHERE m.tenant_id = :tenant_id AND m.leaderboard_id = :leaderboard_id
    ), ids AS (
        SELECT person, person AS customer_id FROM listed
        UNION ALL
        SELECT person, customer_id FROM listed JOIN persons USING (person)
    ), amounts AS (
        SELECT ids.person AS customer_id,
               sum(CASE :measure WHEN 'visits' THEN (p.status NOT IN ('returned', 'voided'))::int
                                 WHEN 'spend' THEN p.due - said.paid ELSE said.earned END)::bigint AS amount
        FROM ids
        JOIN customers c ON c.tenant_id = :tenant_id AND c.customer_id = ids.person AND c.status = 'active'
        CROSS JOIN LATERAL ({LATEST}) AS p
        CROSS JOIN LATERAL (
            SELECT coalesce(sum((e ->> 'amount')::bigint) FILTER (WHERE e ->> 'kind' = 'pay'), 0) AS paid,
                   coalesce(sum((e ->> 'amount')::bigint)
                            FILTER (WHERE e ->> 'kind' = 'accrue' AND e ->> 'unit' = :unit), 0) AS earned
            FROM jsonb_array_elements(p.effects::jsonb) AS e
        ) AS said
        WHERE p.occurred_at >= :since AND p.occurred_at < :until
          AND (:measure <> 'spend' OR p.currency = :currency)
        GROUP BY ids.person
    ), ranked AS (
        SELECT customer_id, amount, rank() OVER (ORDER BY amount DESC) AS place,
               row_number() OVER (ORDER BY amount DESC, customer_id) AS position,
               min(amount) OVER (ORDER BY amount DESC RANGE BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS better
        FROM amounts WHERE amount > 0
    )
"""  # noqa: S608 - the parts are ours
STANDING = text(
    f"{RANKED} SELECT customer_id, amount, place, position FROM ranked"  # noqa: S608 - the parts are ours
    " WHERE position > :after ORDER BY position LIMIT :limit"
)
MINE = text(f"""
    {RANKED}
    SELECT mine.place, coalesce(mine.amount, 0) AS amount,
           CASE WHEN mine.place IS NULL THEN (SELECT min(amount) FROM ranked)
                ELSE mine.better - mine.amount END AS missing
    FROM (VALUES (1)) AS one LEFT JOIN ranked AS mine ON mine.customer_id = :customer_id
""")  # noqa: S608 - the parts are ours
SETTLED = text("""
    SELECT customer_id, amount, place, position FROM (
        SELECT customer_id, amount, place, row_number() OVER (ORDER BY place, customer_id) AS position
        FROM leaderboard_places WHERE tenant_id = :tenant_id AND round_id = :round_id
    ) AS ended WHERE position > :after ORDER BY position LIMIT :limit
""")


class Placed(NamedTuple):
    """A customer on a leaderboard; `position` counts those of the same place one by one."""

    customer_id: CustomerId
    amount: int
    place: int
    position: int


def find_leaderboard(db: Session, tenant_id: TenantId, leaderboard_id: str, *, lock: bool = False) -> LeaderboardRow:
    """A leaderboard as it is now. Raises LeaderboardUnknown."""
    found = select(LeaderboardRow).where(LeaderboardRow.tenant_id == tenant_id, LeaderboardRow.id == leaderboard_id)
    if lock:
        found = found.with_for_update(key_share=True)
    board = db.scalar(found.execution_options(populate_existing=True))
    if board is None:
        raise LeaderboardUnknown
    return board


def leaderboards_of(db: Session, tenant_id: TenantId, *, after: str | None, limit: int) -> Sequence[LeaderboardRow]:
    """The tenant's leaderboards, the newest first."""
    return db.scalars(
        select(LeaderboardRow)
        .where(LeaderboardRow.tenant_id == tenant_id, LeaderboardRow.id < (after or LAST_ID))
        .order_by(LeaderboardRow.id.desc())
        .limit(limit)
    ).all()


def terms_of(board: LeaderboardRow) -> LeaderboardTerms:
    """What was promised."""
    return LeaderboardTerms.model_validate_json(board.terms)


def round_of(board: LeaderboardRow) -> Round:
    """The round of now; of one that is over, the last."""
    return Round(board.round_starts_on, board.round_ends_on)


def counting(board: LeaderboardRow) -> dict[str, object]:
    """What the ranking is asked for."""
    since, until = round_of(board).span(ZoneInfo(board.time_zone))
    return {
        "tenant_id": board.tenant_id,
        "leaderboard_id": board.id,
        "measure": terms_of(board).measure,
        "unit": board.unit,
        "currency": board.currency,
        "since": since,
        "until": until,
    }


def settled_round(db: Session, board: LeaderboardRow, starts_on: date) -> LeaderboardRoundRow | None:
    """The round that began that day, if it is settled."""
    return db.get(LeaderboardRoundRow, (board.tenant_id, board.id, starts_on))


def standing_of(
    db: Session, board: LeaderboardRow, starts_on: date | None, *, after: int, limit: int
) -> tuple[Round, bool, list[Placed]]:
    """Those listed in the round that began that day, the best first, and whether it is settled; else the round of now.

    Raises RoundUnknown.
    """
    ended = settled_round(db, board, starts_on or board.round_starts_on)
    if ended is not None:
        sought = {"tenant_id": board.tenant_id, "round_id": ended.id, "after": after, "limit": limit}
        return Round(ended.starts_on, ended.ends_on), True, [Placed(*row) for row in db.execute(SETTLED, sought)]
    if starts_on not in (None, board.round_starts_on):
        raise RoundUnknown
    rows = db.execute(STANDING, {**counting(board), "after": after, "limit": limit})
    return round_of(board), False, [Placed(*row) for row in rows]


def joined_by(
    db: Session, tenant_id: TenantId, customer_id: CustomerId
) -> list[tuple[LeaderboardRow, Row[tuple[int | None, int, int | None]]]]:
    """The leaderboards the customer is on that are not over: their place, what they came to, and what is missing.

    Of customers who turned out to be one, each answers the same.
    """
    boards = db.scalars(
        select(LeaderboardRow)
        .join(
            LeaderboardMemberRow,
            (LeaderboardMemberRow.tenant_id == LeaderboardRow.tenant_id)
            & (LeaderboardMemberRow.leaderboard_id == LeaderboardRow.id),
        )
        .where(
            LeaderboardRow.tenant_id == tenant_id,
            LeaderboardRow.status != "over",
            LeaderboardMemberRow.customer_id.in_(same_person(db, tenant_id, customer_id)),
        )
        .distinct()
        .order_by(LeaderboardRow.id.desc())
    ).all()
    listed_as = survivor(db, tenant_id, customer_id)
    return [(board, db.execute(MINE, {**counting(board), "customer_id": listed_as}).one()) for board in boards]
