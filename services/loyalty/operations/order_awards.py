"""Having an award given to many customers. Source: docs/rules/award-batches.md."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from kernel.ids import TenantId, new_id
from services.loyalty.domain.award_batch import SEGMENT_MAX, BatchTerms
from services.loyalty.domain.by_hand import ByHand
from services.loyalty.domain.refusals.awards import AwardUnitUnknown, SegmentEmpty, SegmentTooLarge
from services.loyalty.domain.refusals.programs import NoLiveProgram
from services.loyalty.queries.program_shelf import SHELF
from services.loyalty.tables.award_batches import AwardBatchRow, list_customers, list_segment


def order_awards(
    db: Session, tenant_id: TenantId, terms: BatchTerms, whom: Sequence[str] | str, *, by: ByHand, at: datetime
) -> AwardBatchRow:
    """Have the award given to the customers listed, or to all who are in the segment of that name by now.

    They get it soon after, some at a time, as the program of now says. Raises NoLiveProgram, AwardUnitUnknown,
    SegmentEmpty and SegmentTooLarge.
    """
    program = SHELF.live(db, tenant_id, at)
    if program is None:
        raise NoLiveProgram
    unit = terms.award.unit
    if unit is not None and unit not in program.document.units:
        raise AwardUnitUnknown(unit=unit)
    batch = AwardBatchRow(
        tenant_id=tenant_id,
        id=new_id("awb"),
        terms=terms.model_dump_json(),
        segment=whom if isinstance(whom, str) else None,
        program_id=program.program_id,
        program_version=program.version,
        status="running",
        customers=0,
        reached=0,
        given=0,
        skipped=0,
        reason=by.reason,
        actor=by.actor,
        created_at=at,
    )
    if isinstance(whom, str):
        batch.customers = list_segment(db, tenant_id, batch.id, whom, most=SEGMENT_MAX + 1)
        if not batch.customers:
            raise SegmentEmpty(segment=whom)
        if batch.customers > SEGMENT_MAX:
            raise SegmentTooLarge(segment=whom, most=SEGMENT_MAX)
    else:
        list_customers(db, tenant_id, batch.id, whom)
        batch.customers, batch.skipped = len(whom), len(whom) - len(set(whom))
    db.add(batch)
    db.flush()
    return batch
