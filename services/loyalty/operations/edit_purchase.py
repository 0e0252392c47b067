"""Correcting a sale: edited, voided, opened again. Source: docs/rules/returns.md."""

from dataclasses import replace
from datetime import datetime

from sqlalchemy.orm import Session

from chassis.data.pipelines import pipeline
from chassis.web.etags import check_version
from kernel.ids import TenantId
from services.loyalty.domain.basket import Basket
from services.loyalty.domain.by_hand import ByHand
from services.loyalty.domain.customer import CustomerFacts
from services.loyalty.domain.refusals.purchases import PurchaseVoided, ReceiptChanged
from services.loyalty.domain.voucher_code import normalised
from services.loyalty.operations.amend_purchase import Amended, Wish, amend_purchase, facts_then, lock
from services.loyalty.operations.record_purchases import voucher_codes
from services.loyalty.queries.customer_facts import facts_of
from services.loyalty.tables.receipts import PurchaseRecord, ReceiptsRequest
from services.loyalty.tables.standings import Standing


def edit_purchase(
    db: Session,
    tenant_id: TenantId,
    purchase_id: str,
    basket: Basket,
    *,
    by: ByHand,
    at: datetime,
    expected: int | None = None,
) -> Amended:
    """Let the sale have been of this basket all along: what came back of the old one is forgotten with it.

    Receipt, money, customer and moment stay as they are. Raises PurchaseUnknown, PurchaseVoided, ReceiptChanged, and
    VersionStale when the purchase is not at the expected revision.
    """
    purchase, standing = lock(db, tenant_id, purchase_id)
    check_version(purchase.revision, expected)
    if purchase.status == "voided":
        raise PurchaseVoided
    sold = Basket.model_validate_json(purchase.basket)
    check_receipt(sold, basket)
    kept = {"customer_id": sold.customer_id, "occurred_at": sold.occurred_at, "quote_id": sold.quote_id}
    corrected = basket.model_copy(update=kept)
    wish = Wish(
        amendment="edit",
        status="edited",
        basket=corrected,
        left=corrected,
        facts=facts_with_codes(db, purchase, standing, corrected, at),
        returned={},
        reason=by.reason,
        actor=by.actor,
    )
    return amend_purchase(db, purchase, standing, wish, at=at, trace=by.trace)


def check_receipt(sold: Basket, corrected: Basket) -> None:
    """Raises ReceiptChanged when it is another receipt's basket, in other money, or another customer's."""
    for field in ("store_id", "external_id", "currency"):
        if getattr(sold, field) != getattr(corrected, field):
            raise ReceiptChanged(field=field)
    # A till that sold to nobody does not know who claimed the sale since.
    if corrected.customer_id not in (None, sold.customer_id):
        raise ReceiptChanged(field="customer_id")


def facts_with_codes(
    db: Session, purchase: PurchaseRecord, standing: Standing | None, basket: Basket, at: datetime
) -> CustomerFacts | None:
    """What the rules knew at the sale, with the vouchers that the corrected basket shows."""
    facts = facts_then(db, purchase)
    if facts is None or standing is None:
        return facts
    shown = {normalised(code) for code in basket.codes}
    known = [voucher for voucher in facts.vouchers if voucher.code in shown]
    new = shown - {voucher.code for voucher in known}
    with pipeline(db) as asking:
        wanted = [pair for pair in voucher_codes(TenantId(purchase.tenant_id), basket) if pair[1] in new]
        request = ReceiptsRequest(asking, [], wanted, [])
    found = facts_of(basket, standing, request.vouchers(), at).vouchers
    return replace(facts, vouchers=(*known, *found))
