"""Letting no further round of a leaderboard begin. Source: docs/rules/leaderboards.md."""

from sqlalchemy.orm import Session

from kernel.ids import TenantId
from services.loyalty.queries.leaderboards import find_leaderboard
from services.loyalty.tables.leaderboards import LeaderboardRow


def stop_leaderboard(db: Session, tenant_id: TenantId, leaderboard_id: str) -> LeaderboardRow:
    """Let the round of now be the last; it is settled as promised. Again changes nothing. Raises LeaderboardUnknown."""
    board = find_leaderboard(db, tenant_id, leaderboard_id, lock=True)
    if board.status == "running":
        board.status = "last_round"
        db.flush()
    return board
