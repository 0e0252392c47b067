"""Asking for many codes at once. Source: docs/rules/coupons.md."""

from datetime import datetime

from sqlalchemy.orm import Session

from kernel.ids import TenantId, new_id
from services.loyalty.domain.refusals.codes import CouponCampaignStopped
from services.loyalty.queries.coupons import find_campaign
from services.loyalty.tables.coupons import CouponBatchRow


def order_coupon_codes(
    db: Session, tenant_id: TenantId, campaign_id: str, *, number: int, prefix: str, length: int, at: datetime
) -> CouponBatchRow:
    """Have so many codes made for a campaign: `length` random characters behind the prefix, and a check symbol.

    They are made soon after, some at a time. Raises CouponCampaignUnknown and CouponCampaignStopped.
    """
    if find_campaign(db, tenant_id, campaign_id).status == "stopped":
        raise CouponCampaignStopped
    batch = CouponBatchRow(
        tenant_id=tenant_id,
        id=new_id("cpb"),
        campaign_id=campaign_id,
        prefix=prefix,
        length=length,
        number=number,
        made=0,
        created_at=at,
        finished_at=None,
    )
    db.add(batch)
    db.flush()
    return batch
