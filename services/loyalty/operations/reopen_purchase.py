"""Taking a void back. Source: docs/rules/returns.md."""

from datetime import datetime

from sqlalchemy.orm import Session

from kernel.ids import TenantId
from services.loyalty.domain.basket import Basket
from services.loyalty.domain.by_hand import ByHand
from services.loyalty.domain.refusals.purchases import PurchaseNotVoided
from services.loyalty.domain.remaining import remaining_basket
from services.loyalty.operations.amend_purchase import Amended, Wish, amend_purchase, facts_then, lock, units_returned


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
    basket = Basket.model_validate_json(purchase.basket)
    returned = units_returned(purchase)
    left = remaining_basket(basket, returned)
    gone = all(not line.quantity for line in left.lines)
    wish = Wish(
        amendment="reopen",
        status="returned" if gone else "partly_returned" if returned else "edited",
        basket=basket,
        left=left,
        facts=facts_then(db, purchase),
        returned=returned,
        reason=by.reason,
        actor=by.actor,
    )
    return amend_purchase(db, purchase, standing, wish, at=at, trace=by.trace)
