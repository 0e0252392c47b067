"""Taking goods back. Source: docs/rules/returns.md."""

from collections import Counter
from collections.abc import Mapping
from datetime import datetime

from sqlalchemy.orm import Session

from kernel.ids import TenantId
from services.loyalty.domain.basket import Basket
from services.loyalty.domain.refusals.purchases import NothingToReturn, PurchaseVoided, ReturnTooLarge
from services.loyalty.domain.remaining import remaining_basket
from services.loyalty.operations.amend_purchase import Amended, Wish, amend_purchase, facts_then, lock, units_returned
from services.loyalty.tables.receipts import PurchaseRecord


def return_purchase(
    db: Session,
    tenant_id: TenantId,
    purchase_id: str,
    lines: Mapping[int, int] | None,
    *,
    at: datetime,
    trace: str | None = None,
) -> Amended:
    """Take units of the lines back (`lines`: how many of each, by its place from zero), or all that is left.

    Points, stamps, vouchers and membership time become what they would be had only the rest been bought, under the
    program of the sale. Raises PurchaseUnknown, PurchaseVoided, NothingToReturn and ReturnTooLarge.
    """
    purchase, standing = lock(db, tenant_id, purchase_id)
    if purchase.status == "voided":
        raise PurchaseVoided
    basket = Basket.model_validate_json(purchase.basket)
    gone = units_gone(basket, purchase, lines)
    left = remaining_basket(basket, gone)
    whole = all(not line.quantity for line in left.lines)
    wish = Wish(
        amendment="return",
        status="returned" if whole else "partly_returned",
        basket=basket,
        left=left,
        facts=facts_then(db, purchase),
        returned=gone,
        lines=lines,
    )
    return amend_purchase(db, purchase, standing, wish, at=at, trace=trace)


def units_gone(basket: Basket, purchase: PurchaseRecord, lines: Mapping[int, int] | None) -> dict[int, int]:
    """The units of each line that are gone once these are.

    Raises ReturnTooLarge when there are not so many left, and NothingToReturn for all that is left of nothing.
    """
    if lines is None:
        if purchase.status == "returned":
            raise NothingToReturn
        return everything(basket)
    before = units_returned(purchase)
    for place, quantity in lines.items():
        bought = basket.lines[place].quantity if place < len(basket.lines) else 0
        left = bought - before.get(place, 0)
        if quantity > left:
            raise ReturnTooLarge(line=place, left=left, returned=quantity)
    return dict(Counter(before) + Counter(lines))


def everything(basket: Basket) -> dict[int, int]:
    """All units of all lines."""
    return {place: line.quantity for place, line in enumerate(basket.lines)}
