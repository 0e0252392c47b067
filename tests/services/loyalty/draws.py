"""A tenant's draws as tests use them."""

from datetime import datetime, timedelta
from typing import Any

from chassis.data.database import Database
from kernel.ids import CustomerId
from services.loyalty.domain.prize_draw import DrawTerms
from services.loyalty.operations.cancel_draw import cancel_draw
from services.loyalty.operations.create_draw import create_draw
from services.loyalty.operations.give_draw_entries import Entered, give_draw_entries
from services.loyalty.operations.update_draw import update_draw
from services.loyalty.queries.draws import find_draw
from services.loyalty.tables.prize_draws import PrizeDrawRow
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
            return cancel_draw(db, self.shop.tenant_id, draw_id, reason="no prizes", actor="key_test", at=self.shop.at)

    def enter(self, draw_id: str, customer_id: CustomerId, entries: int = 1) -> Entered:
        """Enter somebody by hand."""
        with self.database.transaction(self.shop.tenant_id) as db:
            return give_draw_entries(
                db,
                self.shop.tenant_id,
                draw_id,
                customer_id,
                entries,
                reason="a card in the box",
                actor="key_test",
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

    def close_by_clock(self) -> datetime:
        """Let the week pass."""
        self.shop.at = later(days=7) + timedelta(seconds=1)
        return self.shop.at
