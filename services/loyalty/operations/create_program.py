"""Beginning a program."""

from datetime import datetime

from sqlalchemy.orm import Session

from kernel.ids import TenantId, new_id
from services.loyalty.domain.program import ProgramDocument
from services.loyalty.operations.add_version import add_version
from services.loyalty.tables.programs import ProgramRow, ProgramVersionRow


def create_program(
    db: Session,
    tenant_id: TenantId,
    name: str,
    document: ProgramDocument,
    *,
    actor: str,
    at: datetime,
    second_person: bool = False,
) -> tuple[ProgramRow, ProgramVersionRow]:
    """A program and its first version, a draft: it changes nothing until it is published.

    With a `second_person`, nobody publishes what they drafted themselves.
    """
    program = ProgramRow(tenant_id=tenant_id, id=new_id("prg"), name=name, second_person=second_person, created_at=at)
    db.add(program)
    db.flush()
    return program, add_version(db, tenant_id, program.id, document, actor=actor, at=at)
