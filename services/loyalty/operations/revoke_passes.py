"""Taking passes back when their purchase comes back."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from kernel.ids import new_id
from services.loyalty.domain.difference import PassChange
from services.loyalty.tables.passes import PassRow, PassUseRow
from services.loyalty.tables.receipts import PurchaseRecord


def revoke_passes(db: Session, purchase: PurchaseRecord, change: PassChange, *, at: datetime) -> None:
    """Revoke so many of the purchase's passes as the change takes back, those used least first.

    The customer is locked. Entries that were used stay used; what is left of them is gone.
    """
    passes = db.scalars(
        select(PassRow)
        .where(
            PassRow.tenant_id == purchase.tenant_id,
            PassRow.source == purchase.id,
            PassRow.plan == change.plan,
            PassRow.entries == change.entries,
            PassRow.status == "issued",
        )
        .order_by(PassRow.entries_left.desc(), PassRow.id.desc())
        .limit(-change.passes)
    )
    for each in passes:
        if each.entries_left:
            db.add(
                PassUseRow(
                    tenant_id=each.tenant_id,
                    id=new_id("ent"),
                    pass_id=each.id,
                    kind="revoked",
                    entries=-each.entries_left,
                    entries_left=0,
                    recorded_at=at,
                )
            )
        each.status, each.entries_left = "revoked", 0
    db.flush()
