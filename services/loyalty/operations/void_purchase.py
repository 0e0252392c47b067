"""Letting a sale never have been. Source: docs/rules/returns.md."""

from datetime import datetime

from sqlalchemy.orm import Session

from kernel.ids import TenantId
from services.loyalty.domain.basket import Basket
from services.loyalty.domain.by_hand import ByHand
from services.loyalty.domain.refusals.purchases import PurchaseVoided
from services.loyalty.domain.remaining import remaining_basket
from services.loyalty.operations.amend_purchase import Amended, Wish, amend_purchase, facts_then, lock, units_returned
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
    basket = Basket.model_validate_json(purchase.basket)
    wish = Wish(
        amendment="void",
        status="voided",
        basket=basket,
        left=remaining_basket(basket, everything(basket)),
        facts=facts_then(db, purchase),
        returned=units_returned(purchase),
        reason=by.reason,
        actor=by.actor,
    )
    return amend_purchase(db, purchase, standing, wish, at=at, trace=by.trace)
