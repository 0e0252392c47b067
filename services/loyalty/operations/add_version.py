"""Drafting a version of a program."""

from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from kernel.ids import TenantId
from services.loyalty.domain.program import ProgramDocument
from services.loyalty.queries.programs import lock_program
from services.loyalty.tables.programs import ProgramVersionRow


def add_version(
    db: Session, tenant_id: TenantId, program_id: str, document: ProgramDocument, *, actor: str, at: datetime
) -> ProgramVersionRow:
    """The next version, a draft. Raises ProgramUnknown."""
    lock_program(db, tenant_id, program_id)
    latest = db.scalar(
        select(func.max(ProgramVersionRow.version)).where(
            ProgramVersionRow.tenant_id == tenant_id, ProgramVersionRow.program_id == program_id
        )
    )
    version = ProgramVersionRow(
        tenant_id=tenant_id,
        program_id=program_id,
        version=(latest or 0) + 1,
        status="draft",
        document=document.model_dump_json(exclude_defaults=False),
        author=actor,
        publisher=None,
        created_at=at,
        publish_at=None,
        published_at=None,
        retired_at=None,
    )
    db.add(version)
    db.flush()
    return version
