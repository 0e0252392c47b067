"""A tenant's leaderboards as tests use them."""

from datetime import date
from typing import Any

from kernel.ids import CustomerId
from services.loyalty.domain.leaderboard import LeaderboardTerms
from services.loyalty.operations.create_leaderboard import create_leaderboard
from services.loyalty.operations.join_leaderboard import join_leaderboard
from services.loyalty.operations.leave_leaderboard import leave_leaderboard
from services.loyalty.operations.settle_leaderboard import settle_leaderboard
from services.loyalty.operations.stop_leaderboard import stop_leaderboard
from services.loyalty.queries.leaderboards import find_leaderboard, joined_by, standing_of
from services.loyalty.schedules import settle_all_leaderboards
from tests.services.loyalty.domain.build import NAME
from tests.services.loyalty.shop import Shop

HUNDRED = {"up_to": 1, "award": {"points": 100}}


def weekly(**more: Any) -> LeaderboardTerms:
    """Visits by the week, from Monday the third of March 2036, with a prize for the first."""
    return LeaderboardTerms.model_validate(
        {"name": NAME, "measure": "visits", "per": "week", "starts_on": "2036-03-03", "prizes": [HUNDRED], **more}
    )


class Leaderboards:
    """The leaderboards of a shop; time is the shop's."""

    def __init__(self, shop: Shop) -> None:
        self.shop = shop

    def create(self, **terms: Any) -> str:
        """Make one; answers its id."""
        with self.shop.database.transaction(self.shop.tenant_id) as db:
            return create_leaderboard(db, self.shop.tenant_id, weekly(**terms), at=self.shop.at).id

    def join(self, board_id: str, *customers: CustomerId) -> None:
        for customer_id in customers:
            with self.shop.database.transaction(self.shop.tenant_id) as db:
                join_leaderboard(db, self.shop.tenant_id, board_id, customer_id, at=self.shop.at)

    def leave(self, board_id: str, customer_id: CustomerId) -> None:
        with self.shop.database.transaction(self.shop.tenant_id) as db:
            leave_leaderboard(db, self.shop.tenant_id, board_id, customer_id)

    def stop(self, board_id: str) -> str:
        """Let no further round begin; answers the status."""
        with self.shop.database.transaction(self.shop.tenant_id) as db:
            return stop_leaderboard(db, self.shop.tenant_id, board_id).status

    def places(self, board_id: str, starts_on: date | None = None) -> list[tuple[str, int, int]]:
        """Everybody listed, with their place and amount."""
        with self.shop.database.transaction(self.shop.tenant_id) as db:
            board = find_leaderboard(db, self.shop.tenant_id, board_id)
            _round, _settled, placed = standing_of(db, board, starts_on, after=0, limit=100)
            return [(each.customer_id, each.place, each.amount) for each in placed]

    def mine(self, customer_id: CustomerId) -> list[tuple[int | None, int, int | None]]:
        """The customer's place, amount, and what is missing to draw level, of each leaderboard."""
        with self.shop.database.transaction(self.shop.tenant_id) as db:
            found = joined_by(db, self.shop.tenant_id, customer_id)
            return [(row.place, row.amount, row.missing) for _board, row in found]

    def settle_one(self) -> int:
        """Settle a round, and give no prize yet."""
        with self.shop.database.transaction(self.shop.tenant_id) as db:
            return settle_leaderboard(db, self.shop.tenant_id, at=self.shop.at)

    def settle(self) -> int:
        """Let the job run."""
        return settle_all_leaderboards(self.shop.database, self.shop.tenant_id, self.shop.at)
