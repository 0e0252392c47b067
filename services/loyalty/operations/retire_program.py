"""Ending a program."""

from datetime import datetime

from sqlalchemy import update
from sqlalchemy.orm import Session

from kernel.ids import TenantId
from services.loyalty.operations.publish_version import TAKE_TURNS, publish_due
from services.loyalty.queries.programs import lock_program
from services.loyalty.tables.programs import ProgramRow, ProgramVersionRow


def retire_program(db: Session, tenant_id: TenantId, program_id: str, *, at: datetime) -> ProgramRow:
    """Let no version of the program decide sales any more, now or later. Again changes nothing.

    Raises ProgramUnknown.
    """
    db.execute(TAKE_TURNS, {"tenant_id": tenant_id})
    publish_due(db, tenant_id, at=at)
    program = lock_program(db, tenant_id, program_id)
    own = update(ProgramVersionRow).where(
        ProgramVersionRow.tenant_id == tenant_id, ProgramVersionRow.program_id == program_id
    )
    db.execute(own.where(ProgramVersionRow.status == "live").values(status="retired", retired_at=at))
    db.execute(
        own.where(ProgramVersionRow.status == "scheduled").values(status="draft", publish_at=None, publisher=None)
    )
    db.expire_all()
    return program
