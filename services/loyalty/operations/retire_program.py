"""Ending a program."""

from sqlalchemy import update
from sqlalchemy.orm import Session

from kernel.ids import TenantId
from services.loyalty.queries.programs import lock_program
from services.loyalty.tables.programs import ProgramRow, ProgramVersionRow


def retire_program(db: Session, tenant_id: TenantId, program_id: str) -> ProgramRow:
    """Let no version of the program decide sales any more. Again changes nothing. Raises ProgramUnknown."""
    program = lock_program(db, tenant_id, program_id)
    db.execute(
        update(ProgramVersionRow)
        .where(
            ProgramVersionRow.tenant_id == tenant_id,
            ProgramVersionRow.program_id == program_id,
            ProgramVersionRow.status == "live",
        )
        .values(status="retired")
    )
    return program
