"""Programs made ready, one for each version; a version never changes once it is published."""

from dataclasses import dataclass
from functools import cached_property

from sqlalchemy import select
from sqlalchemy.orm import Session

from kernel.ids import TenantId
from services.loyalty.domain.program import CompiledProgram, ProgramDocument, compile_program
from services.loyalty.tables.programs import ProgramVersionRow

VERSIONS_MAX = 512


@dataclass(frozen=True)
class ShelvedProgram:
    """A published version, compiled."""

    program_id: str
    version: int
    document: ProgramDocument

    @cached_property
    def compiled(self) -> CompiledProgram:
        """The version as `evaluate` wants it."""
        return compile_program(self.document)


class ProgramShelf:
    """Keeps the versions a process has used; the oldest goes when there are too many."""

    def __init__(self) -> None:
        self._programs: dict[tuple[TenantId, str, int], ShelvedProgram] = {}

    def program(self, db: Session, tenant_id: TenantId, program_id: str, version: int) -> ShelvedProgram | None:
        """A published version; None when the tenant has none of that name and number."""
        key = (tenant_id, program_id, version)
        if key not in self._programs:
            stored = db.scalar(
                select(ProgramVersionRow.document).where(
                    ProgramVersionRow.tenant_id == tenant_id,
                    ProgramVersionRow.program_id == program_id,
                    ProgramVersionRow.version == version,
                    ProgramVersionRow.status != "draft",
                )
            )
            if stored is None:
                return None
            self._keep(key, ShelvedProgram(program_id, version, ProgramDocument.model_validate_json(stored)))
        return self._programs[key]

    def live(self, db: Session, tenant_id: TenantId) -> ShelvedProgram | None:
        """The tenant's live version, if it has one."""
        row = db.execute(
            select(ProgramVersionRow.program_id, ProgramVersionRow.version).where(
                ProgramVersionRow.tenant_id == tenant_id, ProgramVersionRow.status == "live"
            )
        ).first()
        return self.program(db, tenant_id, row.program_id, row.version) if row else None

    def _keep(self, key: tuple[TenantId, str, int], program: ShelvedProgram) -> None:
        if len(self._programs) >= VERSIONS_MAX:
            del self._programs[next(iter(self._programs))]
        self._programs[key] = program


SHELF = ProgramShelf()
