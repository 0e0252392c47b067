"""A tenant's instant wins as tests use them."""

from collections import Counter
from datetime import datetime
from typing import Any

from kernel.ids import CustomerId
from services.loyalty.domain.by_hand import ByHand
from services.loyalty.domain.instant_win import InstantWinTerms
from services.loyalty.domain.instant_win_proof import InstantWinProof
from services.loyalty.operations.create_instant_win import create_instant_win
from services.loyalty.operations.give_plays import give_plays
from services.loyalty.operations.hand_over_instant_prize import hand_over_instant_prize
from services.loyalty.operations.play_instant_win import play_instant_win
from services.loyalty.operations.stop_instant_win import stop_instant_win
from services.loyalty.operations.update_instant_win import update_instant_win
from services.loyalty.queries.instant_wins import find_instant_win, proof_of
from services.loyalty.schedules import end_all_instant_wins
from services.loyalty.tables.instant_wins import InstantWinRow, PlayRow
from tests.services.loyalty.domain.build import rule
from tests.services.loyalty.domain.instant_wins import instant_terms
from tests.services.loyalty.shop import NOON, Shop, later

BY = ByHand("key_test", "a kind word")
PLAY_PER_VISIT = rule("instant_win", instant_win="spring")
PLAY_PER_TEN = rule("instant_win", instant_win="spring", for_each="money", per=1000)


def week(**more: Any) -> InstantWinTerms:
    """An instant win that is open in the week from noon."""
    return instant_terms(**{"opens_at": NOON.isoformat(), "closes_at": later(days=7).isoformat(), **more})


class InstantWins:
    """The instant wins of a shop; time is the shop's."""

    def __init__(self, shop: Shop) -> None:
        self.shop = shop

    def create(self, **terms: Any) -> str:
        """Announce one; answers its id."""
        with self.shop.database.transaction(self.shop.tenant_id) as db:
            return create_instant_win(db, self.shop.tenant_id, week(**terms), at=self.shop.at).id

    def change(self, instant_win_id: str, *, expected: int | None = None, **terms: Any) -> InstantWinRow:
        with self.shop.database.transaction(self.shop.tenant_id) as db:
            return update_instant_win(
                db, self.shop.tenant_id, instant_win_id, terms, expected_version=expected, at=self.shop.at
            )

    def stop(self, instant_win_id: str) -> InstantWinRow:
        with self.shop.database.transaction(self.shop.tenant_id) as db:
            return stop_instant_win(db, self.shop.tenant_id, instant_win_id, by=BY, at=self.shop.at)

    def end(self) -> int:
        """What the clock asks of all of them."""
        return end_all_instant_wins(self.shop.database, self.shop.tenant_id, self.shop.at)

    def give(self, instant_win_id: str, customer_id: CustomerId, plays: int = 1) -> list[str]:
        """Give plays by hand; answers their ids."""
        with self.shop.database.transaction(self.shop.tenant_id) as db:
            given = give_plays(db, self.shop.tenant_id, instant_win_id, customer_id, plays, by=BY, at=self.shop.at)
            return [play.id for play in given]

    def play(self, instant_win_id: str, play_id: str, *, at: datetime | None = None) -> PlayRow:
        with self.shop.database.transaction(self.shop.tenant_id) as db:
            return play_instant_win(db, self.shop.tenant_id, instant_win_id, play_id, at=at or self.shop.at)

    def hand_over(self, instant_win_id: str, play_id: str) -> PlayRow:
        with self.shop.database.transaction(self.shop.tenant_id) as db:
            return hand_over_instant_prize(
                db, self.shop.tenant_id, instant_win_id, play_id, actor="key_test", at=self.shop.at
            )

    def read(self, instant_win_id: str) -> InstantWinRow:
        with self.shop.database.transaction(self.shop.tenant_id) as db:
            return find_instant_win(db, self.shop.tenant_id, instant_win_id)

    def proof(self, instant_win_id: str) -> InstantWinProof:
        with self.shop.database.transaction(self.shop.tenant_id) as db:
            return proof_of(db, find_instant_win(db, self.shop.tenant_id, instant_win_id))

    def plays(self, customer_id: CustomerId) -> list[str]:
        """The customer's plays, in order."""
        query = "SELECT id FROM plays WHERE customer_id = :id ORDER BY id"
        return [row["id"] for row in self.shop.rows(query, id=customer_id)]

    def from_source(self, source: str) -> list[str]:
        """The plays that a purchase brought, in order."""
        return [row["id"] for row in self.shop.rows("SELECT id FROM plays WHERE source = :id ORDER BY id", id=source)]

    def outcomes(self, instant_win_id: str) -> Counter[str | None]:
        """How often what came of plays; None for those that were not played."""
        query = "SELECT outcome FROM plays WHERE instant_win_id = :id"
        return Counter(row["outcome"] for row in self.shop.rows(query, id=instant_win_id))
