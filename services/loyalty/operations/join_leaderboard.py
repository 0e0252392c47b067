"""Putting a customer on a leaderboard. Source: docs/rules/leaderboards.md."""

from datetime import datetime

from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from kernel.ids import CustomerId, TenantId
from services.loyalty.domain.refusals.leaderboards import LeaderboardOver
from services.loyalty.queries.customers import welcome
from services.loyalty.queries.leaderboards import find_leaderboard
from services.loyalty.tables.leaderboards import LeaderboardMemberRow, LeaderboardRow
from services.loyalty.tables.standings import lock_standing


def join_leaderboard(
    db: Session, tenant_id: TenantId, leaderboard_id: str, customer_id: CustomerId, *, at: datetime
) -> LeaderboardRow:
    """List the customer from now on, with the whole round of now. Again changes nothing.

    Raises CustomerUnknown, CustomerBlocked, LeaderboardUnknown, and LeaderboardOver.
    """
    welcome(lock_standing(db, tenant_id, customer_id), customer_id)
    board = find_leaderboard(db, tenant_id, leaderboard_id)
    if board.status == "over":
        raise LeaderboardOver
    db.execute(
        insert(LeaderboardMemberRow)
        .values(tenant_id=tenant_id, leaderboard_id=leaderboard_id, customer_id=customer_id, joined_at=at)
        .on_conflict_do_nothing()
    )
    return board
