"""Finding awards for many customers, and what became of each."""

from collections.abc import Sequence

from sqlalchemy import and_, select
from sqlalchemy.orm import Session

from kernel.ids import CustomerId, TenantId
from services.loyalty.domain.award_batch import BatchTerms, LineStatus
from services.loyalty.domain.refusals.awards import AwardBatchUnknown
from services.loyalty.tables.award_batches import AwardBatchRow, AwardLineRow
from services.loyalty.tables.awards import AwardRow

AFTER_ALL_IDS = "awb_~"

Line = tuple[AwardLineRow, AwardRow | None]


def find_award_batch(db: Session, tenant_id: TenantId, batch_id: str, *, lock: bool = False) -> AwardBatchRow:
    """A batch; waits for who works on it when it is to be locked. Raises AwardBatchUnknown."""
    batch = db.get(AwardBatchRow, (tenant_id, batch_id), populate_existing=True, with_for_update=lock or None)
    if batch is None:
        raise AwardBatchUnknown
    return batch


def award_batches_of(db: Session, tenant_id: TenantId, *, after: str | None, limit: int) -> Sequence[AwardBatchRow]:
    """The batches, the newest first."""
    return db.scalars(
        select(AwardBatchRow)
        .where(AwardBatchRow.tenant_id == tenant_id, AwardBatchRow.id < (after or AFTER_ALL_IDS))
        .order_by(AwardBatchRow.id.desc())
        .limit(limit)
    ).all()


def lines_of(
    db: Session, tenant_id: TenantId, batch_id: str, status: LineStatus | None, *, after: int, limit: int
) -> Sequence[Line]:
    """The batch's lines in their order, each with what was given; or those of one status."""
    award = and_(
        AwardRow.tenant_id == AwardLineRow.tenant_id,
        AwardRow.source == AwardLineRow.batch_id,
        AwardRow.rule == AwardLineRow.batch_id,
        AwardRow.customer_id == AwardLineRow.given_to,
    )
    wanted = (
        select(AwardLineRow, AwardRow)
        .outerjoin(AwardRow, award)
        .where(AwardLineRow.tenant_id == tenant_id, AwardLineRow.batch_id == batch_id, AwardLineRow.line > after)
        .order_by(AwardLineRow.line)
        .limit(limit)
    )
    if status is not None:
        wanted = wanted.where(AwardLineRow.status == status)
    return [(line, given) for line, given in db.execute(wanted)]


def was_given(db: Session, line: AwardLineRow, person: Sequence[CustomerId]) -> bool:
    """Whether one of these, who are one person, was given the award of the line's batch."""
    named = (AwardRow.tenant_id == line.tenant_id, AwardRow.source == line.batch_id, AwardRow.rule == line.batch_id)
    return db.scalar(select(AwardRow.id).where(*named, AwardRow.customer_id.in_(person)).limit(1)) is not None


def terms_of_batch(batch: AwardBatchRow) -> BatchTerms:
    """What each customer of the batch is given, and what for."""
    return BatchTerms.model_validate_json(batch.terms)
