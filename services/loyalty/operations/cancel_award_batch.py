"""Giving no more of the awards of a batch. Source: docs/rules/award-batches.md."""

from datetime import datetime

from sqlalchemy.orm import Session

from kernel.ids import TenantId
from services.loyalty.domain.by_hand import ByHand
from services.loyalty.domain.refusals.awards import AwardBatchDone
from services.loyalty.operations.give_ordered_awards import finish
from services.loyalty.queries.award_batches import find_award_batch
from services.loyalty.tables.award_batches import AwardBatchRow


def cancel_award_batch(db: Session, tenant_id: TenantId, batch_id: str, *, by: ByHand, at: datetime) -> AwardBatchRow:
    """Give no more. Who was given the award by then keeps it; again changes nothing.

    Waits for the part that is being given. Raises AwardBatchUnknown, and AwardBatchDone when all had their turn.
    """
    batch = find_award_batch(db, tenant_id, batch_id, lock=True)
    if batch.status == "done":
        raise AwardBatchDone
    if batch.status == "running":
        batch.cancelled_by, batch.cancelled_for = by.actor, by.reason
        finish(db, batch, "cancelled", at)
        db.flush()
    return batch
