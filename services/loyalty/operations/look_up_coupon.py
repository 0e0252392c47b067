"""Looking a coupon up by the code somebody shows. Source: docs/rules/coupons.md."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from kernel.ids import CustomerId, TenantId
from services.loyalty.domain.coupon import CouponFacts, readings
from services.loyalty.domain.coupons import why_not
from services.loyalty.domain.guessing import Guesser
from services.loyalty.domain.local_day import local_date
from services.loyalty.operations.check_guessing import check_guessing
from services.loyalty.operations.count_wrong_codes import count_wrong_codes
from services.loyalty.queries.coupons import find_campaign
from services.loyalty.queries.zone import zone_of
from services.loyalty.tables.coupons import CouponCampaignRow, Coupons, Shown


@dataclass(frozen=True, slots=True)
class FoundCoupon:
    """A coupon, its campaign, and the condition that keeps it from being used now; None when nothing does."""

    facts: CouponFacts
    campaign: CouponCampaignRow
    why_not: str | None


def look_up_coupon(
    db: Session, tenant_id: TenantId, code: str, guesser: Guesser, *, at: datetime
) -> FoundCoupon | None:
    """The coupon of a code, for the customer named if one is; None when there is none, which is counted: commit it.

    Raises TooManyWrongCodes.
    """
    check_guessing(db, tenant_id, guesser, at=at)
    customer_id = CustomerId(guesser.customer) if guesser.customer else None
    shown = [Shown(tenant_id, *reading, customer_id) for reading in readings([code])]
    coupons = Coupons(at, lock=False)
    coupons.load(db, shown)
    found = coupons.facts(shown)
    if not found:
        count_wrong_codes(db, tenant_id, guesser, 1, at=at)
        return None
    facts = found[0]
    why = why_not(facts, local_date(at, zone_of(db, tenant_id)), known=customer_id is not None)
    return FoundCoupon(facts, find_campaign(db, tenant_id, facts.campaign), why)
