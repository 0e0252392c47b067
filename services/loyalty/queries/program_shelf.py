"""Programs made ready, one for each version; a version never changes once it is published."""

from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from sqlalchemy import or_, select, text
from sqlalchemy.orm import Session

from kernel.ids import TenantId
from services.loyalty.domain.program import CompiledProgram, ProgramDocument, compile_others, compile_program
from services.loyalty.domain.reigns import Reign
from services.loyalty.domain.rules.activity import ActivityRule
from services.loyalty.domain.rules.celebration import Anniversary, Birthday
from services.loyalty.tables.programs import ProgramVersionRow
from services.loyalty.tables.receipts import PurchaseRecord

VERSIONS_MAX = 512
# The version that decides now: the live one, or a scheduled one whose moment has come and is not booked yet.
LIVE = """
    SELECT DISTINCT ON (tenant_id) tenant_id, program_id, version, coalesce(publish_at, published_at) AS began_at
    FROM program_versions
    WHERE tenant_id = ANY (%b::text[])
      AND (status = 'live' OR (status = 'scheduled' AND publish_at <= %b::timestamptz))
    ORDER BY tenant_id, status DESC, publish_at DESC
"""
REIGNS = text("""
    SELECT program_id, version, coalesce(published_at, publish_at) AS began_at, retired_at AS ended_at
    FROM program_versions
    WHERE tenant_id = :tenant_id AND (published_at IS NOT NULL OR (status = 'scheduled' AND publish_at <= :at))
""")


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

    @cached_property
    def activities(self) -> CompiledProgram:
        """The version as `evaluate_activity` wants it."""
        return compile_others(self.document, ActivityRule)

    @cached_property
    def celebrations(self) -> CompiledProgram:
        """Its rules for birthdays and anniversaries."""
        return compile_others(self.document, Birthday, Anniversary)


class ProgramShelf:
    """Keeps the versions a process has used; the oldest goes when there are too many."""

    def __init__(self) -> None:
        self._programs: dict[tuple[TenantId, str, int], ShelvedProgram] = {}
        self._latest: dict[TenantId, ShelvedProgram] = {}

    def expected(self, tenant_id: TenantId) -> ShelvedProgram | None:
        """The version that decided the tenant's last sale in this process: most likely it decides the next one."""
        return self._latest.get(tenant_id)

    def expect(self, tenant_id: TenantId, program: ShelvedProgram) -> None:
        """Remember which version decided a sale."""
        if tenant_id not in self._latest and len(self._latest) >= VERSIONS_MAX:
            del self._latest[next(iter(self._latest))]
        self._latest[tenant_id] = program

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

    def live(self, db: Session, tenant_id: TenantId, at: datetime | None = None) -> ShelvedProgram | None:
        """The tenant's live version, if it has one; with a moment, by the clock and not by what is booked."""
        decides = ProgramVersionRow.status == "live"
        if at is not None:
            decides = or_(decides, (ProgramVersionRow.status == "scheduled") & (ProgramVersionRow.publish_at <= at))
        row = db.execute(
            select(ProgramVersionRow.program_id, ProgramVersionRow.version)
            .where(ProgramVersionRow.tenant_id == tenant_id, decides)
            .order_by(ProgramVersionRow.status.desc(), ProgramVersionRow.publish_at.desc())
        ).first()
        return self.program(db, tenant_id, row.program_id, row.version) if row else None

    def _keep(self, key: tuple[TenantId, str, int], program: ShelvedProgram) -> None:
        if len(self._programs) >= VERSIONS_MAX:
            del self._programs[next(iter(self._programs))]
        self._programs[key] = program


SHELF = ProgramShelf()


def shelved_program_of(db: Session, purchase: PurchaseRecord) -> ShelvedProgram | None:
    """The program version a sale was decided by; none decided it when none was live."""
    if purchase.program_id is None or purchase.program_version is None:
        return None
    program = SHELF.program(db, TenantId(purchase.tenant_id), purchase.program_id, purchase.program_version)
    assert program is not None, "a published version stays"
    return program


def program_of(db: Session, purchase: PurchaseRecord) -> CompiledProgram | None:
    """The same, ready to be applied."""
    shelved = shelved_program_of(db, purchase)
    return shelved.compiled if shelved else None


def reigns_of(db: Session, tenant_id: TenantId, at: datetime) -> list[Reign]:
    """When each version of the tenant's programs began to decide sales, and when it ceased to, as known then."""
    found = db.execute(REIGNS, {"tenant_id": tenant_id, "at": at})
    return [Reign(row.program_id, row.version, row.began_at, row.ended_at) for row in found]


def clamps(db: Session, tenant_id: TenantId, unit: str, at: datetime) -> bool:
    """Whether the live program takes what there is, where more is asked for."""
    program = SHELF.live(db, tenant_id, at)
    return program is not None and program.document.of_unit(unit).overspend == "clamp"
