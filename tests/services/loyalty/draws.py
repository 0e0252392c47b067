"""A tenant's draws as tests use them."""

from datetime import datetime, timedelta
from typing import Any

from chassis.data.database import Database
from kernel.ids import CustomerId
from services.loyalty.domain.by_hand import ByHand
from services.loyalty.domain.draw_proof import DrawProof
from services.loyalty.domain.prize_draw import DrawTerms
from services.loyalty.operations.cancel_draw import cancel_draw
from services.loyalty.operations.claim_prize import claim_prize
from services.loyalty.operations.create_draw import create_draw
from services.loyalty.operations.give_beacon import give_beacon
from services.loyalty.operations.give_draw_entries import Entered, give_draw_entries
from services.loyalty.operations.give_prize_up import give_prize_up
from services.loyalty.operations.hand_over_prize import hand_over_prize
from services.loyalty.operations.update_draw import update_draw
from services.loyalty.queries.draws import find_draw, proof_of
from services.loyalty.schedules import follow_all_draws
from services.loyalty.tables.prize_draws import DrawPickRow, PrizeDrawRow
from tests.services.loyalty.domain.build import rule
from tests.services.loyalty.domain.draws import draw_terms
from tests.services.loyalty.shop import NOON, Shop, later

ENTRY_PER_VISIT = rule("draw_entry", draw="summer")
ENTRY_PER_TEN = rule("draw_entry", draw="summer", for_each="money", per=1000)


def march(**more: Any) -> DrawTerms:
    """A draw that is open in the week from noon."""
    return draw_terms(**{"opens_at": NOON.isoformat(), "closes_at": later(days=7).isoformat(), **more})


class Draws:
    """The draws of a shop; time is the shop's."""

    def __init__(self, shop: Shop) -> None:
        self.shop = shop

    @property
    def database(self) -> Database:
        return self.shop.database

    def create(self, **terms: Any) -> str:
        """Announce a draw; answers its id."""
        with self.database.transaction(self.shop.tenant_id) as db:
            return create_draw(db, self.shop.tenant_id, march(**terms), at=self.shop.at).id

    def change(self, draw_id: str, *, expected: int | None = None, **terms: Any) -> PrizeDrawRow:
        with self.database.transaction(self.shop.tenant_id) as db:
            return update_draw(db, self.shop.tenant_id, draw_id, terms, expected_version=expected, at=self.shop.at)

    def cancel(self, draw_id: str) -> PrizeDrawRow:
        with self.database.transaction(self.shop.tenant_id) as db:
            return cancel_draw(db, self.shop.tenant_id, draw_id, by=ByHand("key_test", "no prizes"), at=self.shop.at)

    def enter(self, draw_id: str, customer_id: CustomerId, entries: int = 1) -> Entered:
        """Enter somebody by hand."""
        with self.database.transaction(self.shop.tenant_id) as db:
            return give_draw_entries(
                db,
                self.shop.tenant_id,
                draw_id,
                customer_id,
                entries,
                by=ByHand("key_test", "a card in the box"),
                at=self.shop.at,
            )

    def read(self, draw_id: str) -> PrizeDrawRow:
        with self.database.transaction(self.shop.tenant_id) as db:
            return find_draw(db, self.shop.tenant_id, draw_id)

    def entries(self, draw_id: str) -> dict[str, int]:
        """How many entries each customer has."""
        rows = self.shop.rows("SELECT customer_id, entries FROM draw_entrants WHERE draw_id = :id", id=draw_id)
        return {row["customer_id"]: row["entries"] for row in rows}

    def lines(self, draw_id: str) -> list[tuple[str, int, bool]]:
        """All that came in or went out: whose, how many, and whether it was late."""
        query = "SELECT customer_id, entries, late FROM draw_entries WHERE draw_id = :id ORDER BY position"
        return [(row["customer_id"], row["entries"], row["late"]) for row in self.shop.rows(query, id=draw_id)]

    def follow(self) -> int:
        """What the clock asks of all draws."""
        return follow_all_draws(self.database, self.shop.tenant_id, self.shop.at)

    def beacon(self, draw_id: str, value: str = "00ff") -> PrizeDrawRow:
        with self.database.transaction(self.shop.tenant_id) as db:
            return give_beacon(db, self.shop.tenant_id, draw_id, value, actor="key_test")

    def proof(self, draw_id: str) -> DrawProof:
        with self.database.transaction(self.shop.tenant_id) as db:
            return proof_of(db, find_draw(db, self.shop.tenant_id, draw_id))

    def claim(self, draw_id: str, pick: int) -> DrawPickRow:
        with self.database.transaction(self.shop.tenant_id) as db:
            return claim_prize(db, self.shop.tenant_id, draw_id, pick, actor="key_test", at=self.shop.at)

    def hand_over(self, draw_id: str, pick: int) -> DrawPickRow:
        with self.database.transaction(self.shop.tenant_id) as db:
            return hand_over_prize(db, self.shop.tenant_id, draw_id, pick, actor="key_test", at=self.shop.at)

    def give_up(self, draw_id: str, pick: int) -> DrawPickRow:
        with self.database.transaction(self.shop.tenant_id) as db:
            return give_prize_up(
                db, self.shop.tenant_id, draw_id, pick, "declined", note="no room", actor="key_test", at=self.shop.at
            )

    def picks(self, draw_id: str) -> list[tuple[str, int | None, str, str | None]]:
        """Whose each pick is, what it won, and how it stands."""
        query = "SELECT customer_id, slot, status, reason FROM draw_picks WHERE draw_id = :id ORDER BY pick"
        rows = self.shop.rows(query, id=draw_id)
        return [(row["customer_id"], row["slot"], row["status"], row["reason"]) for row in rows]

    def drawn(self, *customers: CustomerId, entries: int = 1, **terms: Any) -> str:
        """A draw with these customers in it, drawn after its week; answers its id."""
        draw_id = self.create(**terms)
        for customer_id in customers:
            self.enter(draw_id, customer_id, entries)
        self.close_by_clock()
        self.follow()
        return draw_id

    def close_by_clock(self) -> datetime:
        """Let the week pass."""
        self.shop.at = later(days=7) + timedelta(seconds=1)
        return self.shop.at
