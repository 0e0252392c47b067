"""One customer's passes, as turnstiles use them."""

from kernel.ids import CustomerId
from services.loyalty.domain.by_hand import ByHand
from services.loyalty.operations.give_entry_back import give_entry_back
from services.loyalty.operations.use_entry import use_entry
from services.loyalty.tables.passes import PassUseRow
from tests.services.loyalty.domain.build import line, rule
from tests.services.loyalty.shop import Shop

SWIM_TEN = rule("pass", plan="swim", selector={"skus": ["SWIM10"]}, entries=10, valid_days=30)
TURNSTILE = ByHand(actor="key_turnstile")


class Passes:
    """A customer's passes to the pool."""

    def __init__(self, shop: Shop, customer_id: CustomerId) -> None:
        self.shop = shop
        self.customer_id = customer_id

    def buy(self, quantity: int = 1) -> str:
        """Buy passes of ten for 300.00 each; answers the purchase's id."""
        return self.shop.sell(self.customer_id, line("SWIM10", quantity, 30_000)).purchase.id

    def use(self, entries: int = 1, plan: str = "swim") -> PassUseRow:
        with self.shop.database.transaction(self.shop.tenant_id) as db:
            return use_entry(
                db,
                self.shop.tenant_id,
                self.customer_id,
                plan=plan,
                entries=entries,
                reference=None,
                by=TURNSTILE,
                at=self.shop.at,
            )

    def give_back(self, entry_id: str) -> PassUseRow:
        with self.shop.database.transaction(self.shop.tenant_id) as db:
            return give_entry_back(db, self.shop.tenant_id, entry_id, by=TURNSTILE, at=self.shop.at)

    def left(self) -> list[int]:
        """What each pass has left, in the order in which they were bought."""
        rows = self.shop.rows(
            "SELECT entries_left FROM passes WHERE customer_id = :id ORDER BY id", id=self.customer_id
        )
        return [row["entries_left"] for row in rows]
