"""Counting the coupons that a sale uses, and giving them back. Source: docs/rules/coupons.md."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime

from sqlalchemy import update
from sqlalchemy.orm import Session

from contracts.events.loyalty import CouponUsed
from kernel.ids import CustomerId, TenantId
from services.loyalty.domain.basket import Basket
from services.loyalty.domain.coupon import CouponFacts
from services.loyalty.domain.difference import CouponChange, Difference
from services.loyalty.domain.effects import Effect, UseCoupon
from services.loyalty.domain.program import CompiledProgram
from services.loyalty.domain.tally import Used
from services.loyalty.tables.books import Books
from services.loyalty.tables.coupons import (
    Coupons,
    CouponUseRow,
    free_coupons,
    own_coupons,
    reuse_coupons,
    shown_in,
)
from services.loyalty.tables.receipts import PurchaseRecord


def use_coupons(
    books: Books,
    coupons: Coupons,
    tenant_id: TenantId,
    customer_id: CustomerId | None,
    purchase_id: str,
    effects: Iterable[Effect],
) -> list[CouponUsed]:
    """Post the uses of a new sale; the coupons are locked. Returns the facts to tell others."""
    used = [effect for effect in effects if isinstance(effect, UseCoupon)]
    for effect in used:
        coupons.use(tenant_id, customer_id, effect)
        post_use(books, tenant_id, customer_id, purchase_id, effect, books.at)
    return [CouponUsed(campaign_id=effect.campaign) for effect in used]


def change_coupons(
    db: Session, books: Books, purchase: PurchaseRecord, changes: Difference, *, at: datetime
) -> list[CouponUsed]:
    """Post what a change of a sale does to its uses; the coupons are locked. Returns the facts to tell others."""
    if changes.coupons_freed:
        free_coupons(db, purchase.tenant_id, purchase.id, codes_of(changes.coupons_freed))
    if changes.coupons_used:
        kept = reuse_coupons(db, purchase.tenant_id, purchase.id, codes_of(changes.coupons_used))
        for change in changes.coupons_used:
            if change.code not in kept:
                post_use(books, purchase.tenant_id, purchase.customer_id, purchase.id, change, at)
    return [
        *(CouponUsed(campaign_id=change.campaign, uses=-1) for change in changes.coupons_freed),
        *(CouponUsed(campaign_id=change.campaign) for change in changes.coupons_used),
    ]


def name_user(db: Session, purchase: PurchaseRecord, customer_id: CustomerId) -> None:
    """Let the uses of a sale to nobody be its customer's."""
    named = (CouponUseRow.tenant_id == purchase.tenant_id, CouponUseRow.purchase_id == purchase.id)
    db.execute(update(CouponUseRow).where(*named).values(customer_id=customer_id))


def post_use(
    books: Books,
    tenant_id: TenantId,
    customer_id: CustomerId | None,
    purchase_id: str,
    use: UseCoupon | CouponChange,
    at: datetime,
) -> None:
    """Write that a sale used a coupon."""
    books.postings.coupon_uses.append((tenant_id, purchase_id, use.code, use.campaign, customer_id, at))


def with_coupons_then(
    db: Session,
    purchase: PurchaseRecord,
    program: CompiledProgram | None,
    basket: Basket,
    used: Used,
    *,
    at: datetime,
) -> Used:
    """What the rules are told of the coupons of a sale that is decided again: locks those that are counted.

    A coupon that the sale used stays its own. One that it showed in vain stays barred if it was then, and is barred
    now if others have used it up since. One that the basket shows anew is as it is now.
    """
    if program is None or not program.campaigns or not (basket.codes or used.coupons):
        return used
    coupons, wanted = Coupons(at), shown_in(purchase.tenant_id, basket)
    before = shown_in(purchase.tenant_id, basket, [coupon.written for coupon in used.coupons])
    coupons.load(db, [*wanted, *before])
    own = own_coupons(db, purchase.tenant_id, purchase.id)
    then = {coupon.code: coupon for coupon in used.coupons}
    facts = tuple(coupon_then(now, then.get(now.code), own) for now in coupons.facts(wanted))
    return replace(used, coupons=facts) if facts != used.coupons else used


def coupon_then(now: CouponFacts, then: CouponFacts | None, own: set[str]) -> CouponFacts:
    """A coupon as it was at the sale, but for what others did with it since."""
    if now.code in own:
        return replace(then or now, barred=None)
    return replace(then, barred=then.barred or now.barred) if then else now


def codes_of(changes: Sequence[CouponChange]) -> list[str]:
    """The codes that change."""
    return [change.code for change in changes]
