"""Taking a void back. Source: docs/rules/returns.md."""

from datetime import datetime

from sqlalchemy.orm import Session

from kernel.ids import TenantId
from services.loyalty.domain.basket import Basket
from services.loyalty.domain.by_hand import ByHand
from services.loyalty.domain.refusals.purchases import PurchaseNotVoided
from services.loyalty.domain.remaining import remaining_basket
from services.loyalty.operations.amend_purchase import Amended, amend_as_sold, lock, units_returned


def reopen_purchase(
    db: Session,
    tenant_id: TenantId,
    purchase_id: str,
    *,
    by: ByHand,
    at: datetime,
) -> Amended:
    """Take a void back: the sale is again what it was just before. Raises PurchaseUnknown and PurchaseNotVoided."""
    purchase, standing = lock(db, tenant_id, purchase_id)
    if purchase.status != "voided":
        raise PurchaseNotVoided
    sold, returned = Basket.model_validate_json(purchase.basket), units_returned(purchase)
    left = remaining_basket(sold, returned)
    gone = all(not line.quantity for line in left.lines)
    status = "returned" if gone else "partly_returned" if returned else "edited"
    return amend_as_sold(db, purchase, standing, "reopen", sold, left, status=status, by=by, at=at)
