"""Ending a round of a leaderboard. Source: docs/rules/leaderboards.md."""

from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from chassis.events.outbox import publish
from contracts.events.loyalty import LeaderboardSettled
from kernel.ids import TenantId, new_id
from services.loyalty.operations.apply_effects import by_language
from services.loyalty.queries.leaderboards import RANKED, counting, round_of, terms_of
from services.loyalty.tables.leaderboards import LeaderboardRoundRow, LeaderboardRow

# The prize of a place is the first one that goes so far.
KEEP = text(f"""
    {RANKED}
    INSERT INTO leaderboard_places
        (tenant_id, round_id, customer_id, leaderboard_id, place, amount, prize, status)
    SELECT :tenant_id, :round_id, customer_id, :leaderboard_id, place, amount, prize,
           CASE WHEN prize IS NULL THEN 'none' ELSE 'due' END
    FROM ranked CROSS JOIN LATERAL (
        SELECT min(number) - 1 AS prize
        FROM unnest(CAST(:bounds AS bigint[])) WITH ORDINALITY AS prizes (up_to, number) WHERE place <= up_to
    ) AS won
""")  # noqa: S608 - the parts are ours


def settle_leaderboard(db: Session, tenant_id: TenantId, *, at: datetime) -> int:
    """Keep how one round that is over ended, and begin the next; returns how many there were, one or none.

    All of it is one transaction under the leaderboard's lock: whoever comes at the same moment takes another one, and
    who dies leaves the round as it was. Prizes are given afterwards.
    """
    board = db.scalar(
        select(LeaderboardRow)
        .where(LeaderboardRow.tenant_id == tenant_id, LeaderboardRow.status != "over", LeaderboardRow.settles_at <= at)
        .order_by(LeaderboardRow.settles_at, LeaderboardRow.id)
        .limit(1)
        .with_for_update(skip_locked=True, key_share=True)
        .execution_options(populate_existing=True)
    )
    if board is None:
        return 0
    terms, ended, round_id = terms_of(board), round_of(board), new_id("rnd")
    bounds = [prize.up_to for prize in terms.prizes]
    kept = db.execute(KEEP, {**counting(board), "round_id": round_id, "bounds": bounds})
    listed: int = kept.rowcount  # type: ignore[attr-defined]
    db.add(
        LeaderboardRoundRow(
            tenant_id=tenant_id,
            leaderboard_id=board.id,
            starts_on=ended.starts_on,
            id=round_id,
            ends_on=ended.ends_on,
            listed=listed,
            settled_at=at,
        )
    )
    following = terms.round_after(ended) if board.status == "running" else None
    if following is None:
        board.status = "over"
    else:
        board.round_starts_on, board.round_ends_on = following
        board.settles_at = following.span(ZoneInfo(board.time_zone))[1]
    db.flush()
    publish(
        db,
        LeaderboardSettled(
            tenant_id=tenant_id,
            customer_id=None,
            occurred_at=at,
            leaderboard_id=board.id,
            leaderboard_name=by_language(terms.name),
            round_id=round_id,
            starts_on=ended.starts_on,
            ends_on=ended.ends_on,
            listed=listed,
        ),
    )
    return 1
