"""Giving an entry of a pass back: a class was cancelled, a turnstile did not turn."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from kernel.ids import TenantId, new_id
from services.loyalty.domain.by_hand import ByHand
from services.loyalty.domain.refusals.memberships import EntryGivenBack, EntryUnknown
from services.loyalty.queries.customers import locked
from services.loyalty.tables.passes import PassRow, PassUseRow


def give_entry_back(db: Session, tenant_id: TenantId, entry_id: str, *, by: ByHand, at: datetime) -> PassUseRow:
    """Undo a use. The pass's last day stays what it is. Raises EntryUnknown and EntryGivenBack."""
    found = db.execute(
        select(PassUseRow, PassRow)
        .join(PassRow, (PassRow.tenant_id == PassUseRow.tenant_id) & (PassRow.id == PassUseRow.pass_id))
        .where(PassUseRow.tenant_id == tenant_id, PassUseRow.id == entry_id, PassUseRow.kind == "used")
    ).first()
    if found is None:
        raise EntryUnknown
    used, used_pass = found
    locked(db, tenant_id, used_pass.customer_id)
    db.refresh(used_pass)
    undone = select(PassUseRow.id).where(PassUseRow.tenant_id == tenant_id, PassUseRow.gives_back == entry_id)
    if used_pass.status != "issued" or db.scalar(undone) is not None:
        raise EntryGivenBack
    used_pass.entries_left -= used.entries
    given_back = PassUseRow(
        tenant_id=tenant_id,
        id=new_id("ent"),
        pass_id=used_pass.id,
        kind="given_back",
        entries=-used.entries,
        entries_left=used_pass.entries_left,
        gives_back=used.id,
        reference=used.reference,
        used_by=used.used_by,
        reason=by.reason or None,
        actor=by.actor,
        recorded_at=at,
    )
    db.add(given_back)
    db.flush()
    return given_back
