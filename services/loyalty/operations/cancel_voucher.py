"""Taking a voucher away from its owner."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from contracts.events.loyalty import VoucherCancelled
from kernel.ids import TenantId
from services.loyalty.domain.by_hand import ByHand
from services.loyalty.domain.refusals.codes import VoucherClosed
from services.loyalty.domain.reward import REWARD
from services.loyalty.operations.apply_effects import by_language
from services.loyalty.queries.customers import locked
from services.loyalty.queries.vouchers import find_voucher, voucher_status
from services.loyalty.tables.books import Books
from services.loyalty.tables.vouchers import VoucherCancellationRow, VoucherRow


def cancel_voucher(
    db: Session,
    tenant_id: TenantId,
    voucher_id: str,
    *,
    by: ByHand,
    at: datetime,
) -> VoucherRow:
    """Cancel a voucher that nobody used; what was paid for it stays paid. Raises VoucherUnknown and VoucherClosed."""
    locked(db, tenant_id, find_voucher(db, tenant_id, voucher_id).customer_id)
    named = (VoucherRow.tenant_id == tenant_id, VoucherRow.id == voucher_id)
    voucher = db.scalars(select(VoucherRow).where(*named).execution_options(populate_existing=True)).one()
    status = voucher_status(voucher, at)
    if status not in ("issued", "expired"):
        raise VoucherClosed(status=status)
    voucher.status = "revoked"
    db.add(
        VoucherCancellationRow(
            tenant_id=tenant_id, voucher_id=voucher_id, reason=by.reason, actor=by.actor, recorded_at=at
        )
    )
    books = Books(at)
    books.postings.tell(
        VoucherCancelled(
            tenant_id=tenant_id,
            customer_id=voucher.customer_id,
            occurred_at=at,
            voucher_id=voucher_id,
            reward_name=by_language(REWARD.validate_json(voucher.benefit).name),
            reason=by.reason,
        ),
        by.trace,
    )
    books.close(db)
    db.flush()
    return voucher
