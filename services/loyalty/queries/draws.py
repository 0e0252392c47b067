"""Draws, and who has what in them."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from kernel.ids import CustomerId, TenantId
from services.loyalty.domain.prize_draw import DrawTerms
from services.loyalty.domain.refusals import DrawUnknown
from services.loyalty.tables.prize_draws import DrawEntrantRow, DrawEntryRow, PrizeDrawRow

LAST_ID = "~"


def find_draw(db: Session, tenant_id: TenantId, draw_id: str, *, lock: bool = False) -> PrizeDrawRow:
    """A draw as it is now. Raises DrawUnknown."""
    found = select(PrizeDrawRow).where(PrizeDrawRow.tenant_id == tenant_id, PrizeDrawRow.id == draw_id)
    if lock:
        found = found.with_for_update(key_share=True)
    draw = db.scalar(found.execution_options(populate_existing=True))
    if draw is None:
        raise DrawUnknown
    return draw


def terms_of(draw: PrizeDrawRow) -> DrawTerms:
    """What was promised."""
    return DrawTerms.model_validate_json(draw.terms)


def draws_of(db: Session, tenant_id: TenantId, *, after: str | None, limit: int) -> Sequence[PrizeDrawRow]:
    """The tenant's draws, the newest first."""
    return db.scalars(
        select(PrizeDrawRow)
        .where(PrizeDrawRow.tenant_id == tenant_id, PrizeDrawRow.id < (after or LAST_ID))
        .order_by(PrizeDrawRow.id.desc())
        .limit(limit)
    ).all()


def has_entries(db: Session, draw: PrizeDrawRow) -> bool:
    """Whether anybody was entered yet."""
    found = select(DrawEntryRow.id).where(DrawEntryRow.tenant_id == draw.tenant_id, DrawEntryRow.draw_id == draw.id)
    return db.scalar(found.limit(1)) is not None


def entries_in(db: Session, tenant_id: TenantId, draw_id: str, customer_id: CustomerId) -> int:
    """How many entries the customer has in the draw's list."""
    entrant = db.get(DrawEntrantRow, (tenant_id, draw_id, customer_id), populate_existing=True)
    return entrant.entries if entrant else 0


def entered_by(
    db: Session, tenant_id: TenantId, customer_id: CustomerId, *, after: str | None, limit: int
) -> Sequence[tuple[DrawEntrantRow, PrizeDrawRow]]:
    """The draws the customer has been in, the newest first."""
    rows = db.execute(
        select(DrawEntrantRow, PrizeDrawRow)
        .join(
            PrizeDrawRow,
            (PrizeDrawRow.tenant_id == DrawEntrantRow.tenant_id) & (PrizeDrawRow.id == DrawEntrantRow.draw_id),
        )
        .where(
            DrawEntrantRow.tenant_id == tenant_id,
            DrawEntrantRow.customer_id == customer_id,
            DrawEntrantRow.draw_id < (after or LAST_ID),
        )
        .order_by(DrawEntrantRow.draw_id.desc())
        .limit(limit)
    )
    return [(row[0], row[1]) for row in rows]
