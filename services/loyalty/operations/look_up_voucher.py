"""Looking a voucher up by the code somebody shows."""

from datetime import datetime

from sqlalchemy.orm import Session

from kernel.ids import TenantId
from services.loyalty.domain.guessing import Guesser
from services.loyalty.domain.voucher_code import is_voucher_code, normalised
from services.loyalty.operations.check_guessing import check_guessing
from services.loyalty.operations.count_wrong_codes import count_wrong_codes
from services.loyalty.queries.vouchers import voucher_by_code
from services.loyalty.tables.vouchers import VoucherRow


def look_up_voucher(
    db: Session, tenant_id: TenantId, code: str, guesser: Guesser, *, at: datetime
) -> VoucherRow | None:
    """The voucher of a code; None when there is none of it, which is counted: commit it.

    A code that cannot be one, an unknown one, and one of somebody else than the customer named are the same.
    Raises TooManyWrongCodes.
    """
    check_guessing(db, tenant_id, guesser, at=at)
    voucher = voucher_by_code(db, tenant_id, normalised(code)) if is_voucher_code(code) else None
    if voucher is None or guesser.customer not in (None, voucher.customer_id):
        count_wrong_codes(db, tenant_id, guesser, 1, at=at)
        return None
    return voucher
