"""Taking a customer off a leaderboard. Source: docs/rules/leaderboards.md."""

from sqlalchemy import delete
from sqlalchemy.orm import Session

from kernel.ids import CustomerId, TenantId
from services.loyalty.queries.customers import locked
from services.loyalty.queries.leaderboards import find_leaderboard
from services.loyalty.queries.wallet_merges import same_person
from services.loyalty.tables.leaderboards import LeaderboardMemberRow, LeaderboardRow


def leave_leaderboard(db: Session, tenant_id: TenantId, leaderboard_id: str, customer_id: CustomerId) -> LeaderboardRow:
    """List the customer no more, under none of their ids; rounds that are settled stay. Again changes nothing.

    Raises NoSuchCustomer and LeaderboardUnknown.
    """
    locked(db, tenant_id, customer_id)
    board = find_leaderboard(db, tenant_id, leaderboard_id)
    db.execute(
        delete(LeaderboardMemberRow).where(
            LeaderboardMemberRow.tenant_id == tenant_id,
            LeaderboardMemberRow.leaderboard_id == leaderboard_id,
            LeaderboardMemberRow.customer_id.in_(same_person(db, tenant_id, customer_id)),
        )
    )
    return board
