"""A shop's awards for many customers as tests use them."""

from collections.abc import Sequence
from typing import Any

from kernel.ids import CustomerId
from services.loyalty.domain.award_batch import BatchTerms, LineStatus
from services.loyalty.domain.by_hand import ByHand
from services.loyalty.operations.cancel_award_batch import cancel_award_batch
from services.loyalty.operations.change_segment import change_segment
from services.loyalty.operations.give_ordered_awards import give_ordered_awards
from services.loyalty.operations.order_awards import order_awards
from services.loyalty.queries.award_batches import find_award_batch, lines_of
from services.loyalty.schedules import give_all_ordered_awards
from services.loyalty.tables.award_batches import AwardBatchRow
from tests.services.loyalty.domain.build import NAME
from tests.services.loyalty.shop import Shop

FIVE = {"points": 5}


class AwardBatches:
    """The awards for many of a shop; time is the shop's."""

    def __init__(self, shop: Shop) -> None:
        self.shop = shop

    def order(self, whom: Sequence[str] | str, **award: Any) -> str:
        """Have an award given, of five points unless told otherwise; answers the batch's id."""
        terms = BatchTerms.model_validate({"name": NAME, "award": award or FIVE})
        with self.shop.database.transaction(self.shop.tenant_id) as db:
            by = ByHand("key_test", "for the feast")
            return order_awards(db, self.shop.tenant_id, terms, whom, by=by, at=self.shop.at).id

    def give_some(self) -> int:
        """Let some have their turn; answers how many."""
        with self.shop.database.transaction(self.shop.tenant_id) as db:
            return give_ordered_awards(db, self.shop.tenant_id, at=self.shop.at)

    def give(self) -> int:
        """Let the job run; answers how many had their turn."""
        return give_all_ordered_awards(self.shop.database, self.shop.tenant_id, self.shop.at)

    def cancel(self, batch_id: str) -> AwardBatchRow:
        """Give no more of it."""
        with self.shop.database.transaction(self.shop.tenant_id) as db:
            by = ByHand("key_test", "the wrong list")
            return cancel_award_batch(db, self.shop.tenant_id, batch_id, by=by, at=self.shop.at)

    def read(self, batch_id: str) -> AwardBatchRow:
        """The batch."""
        with self.shop.database.transaction(self.shop.tenant_id) as db:
            return find_award_batch(db, self.shop.tenant_id, batch_id)

    def lines(self, batch_id: str, status: LineStatus | None = None) -> list[tuple[str, str, str | None]]:
        """Customer, status and problem of each line."""
        with self.shop.database.transaction(self.shop.tenant_id) as db:
            found = lines_of(db, self.shop.tenant_id, batch_id, status, after=0, limit=1000)
            return [(line.customer_id, line.status, line.problem) for line, _award in found]

    def into(self, segment: str, *customers: CustomerId) -> None:
        """Put customers into a segment."""
        for customer_id in customers:
            with self.shop.database.transaction(self.shop.tenant_id) as db:
                change_segment(db, self.shop.tenant_id, customer_id, segment, inside=True, at=self.shop.at)
