"""Finding programs and their versions."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from kernel.ids import TenantId
from services.loyalty.domain.refusals.programs import ProgramUnknown, VersionUnknown
from services.loyalty.tables.programs import ProgramRow, ProgramVersionRow


def lock_program(db: Session, tenant_id: TenantId, program_id: str) -> ProgramRow:
    """A program, kept from others until the transaction ends. Raises ProgramUnknown."""
    program = db.scalar(
        select(ProgramRow).where(ProgramRow.tenant_id == tenant_id, ProgramRow.id == program_id).with_for_update()
    )
    if program is None:
        raise ProgramUnknown
    return program


def find_version(db: Session, tenant_id: TenantId, program_id: str, number: int) -> ProgramVersionRow:
    """A version of a program. Raises VersionUnknown."""
    version = db.get(ProgramVersionRow, (tenant_id, program_id, number))
    if version is None:
        raise VersionUnknown
    return version


def programs_of(db: Session, tenant_id: TenantId, *, after: str | None, limit: int) -> Sequence[ProgramRow]:
    """The tenant's programs, the oldest first."""
    return db.scalars(
        select(ProgramRow)
        .where(ProgramRow.tenant_id == tenant_id, ProgramRow.id > (after or ""))
        .order_by(ProgramRow.id)
        .limit(limit)
    ).all()


def versions_of(db: Session, tenant_id: TenantId, program_ids: Sequence[str]) -> Sequence[ProgramVersionRow]:
    """All versions of these programs, in order."""
    return db.scalars(
        select(ProgramVersionRow)
        .where(ProgramVersionRow.tenant_id == tenant_id, ProgramVersionRow.program_id.in_(program_ids))
        .order_by(ProgramVersionRow.program_id, ProgramVersionRow.version)
    ).all()
