"""Letting a sale never have been. Source: docs/rules/returns.md."""

from datetime import datetime

from sqlalchemy.orm import Session

from kernel.ids import TenantId
from services.loyalty.domain.basket import Basket
from services.loyalty.domain.by_hand import ByHand
from services.loyalty.domain.refusals.purchases import PurchaseVoided
from services.loyalty.domain.remaining import remaining_basket
from services.loyalty.operations.amend_purchase import Amended, amend_as_sold, lock
from services.loyalty.operations.return_purchase import everything


def void_purchase(
    db: Session,
    tenant_id: TenantId,
    purchase_id: str,
    *,
    by: ByHand,
    at: datetime,
) -> Amended:
    """Let the sale never have been: everything it brought is taken back. Raises PurchaseUnknown and PurchaseVoided."""
    purchase, standing = lock(db, tenant_id, purchase_id)
    if purchase.status == "voided":
        raise PurchaseVoided
    sold = Basket.model_validate_json(purchase.basket)
    nothing = remaining_basket(sold, everything(sold))
    return amend_as_sold(db, purchase, standing, "void", sold, nothing, status="voided", by=by, at=at)
