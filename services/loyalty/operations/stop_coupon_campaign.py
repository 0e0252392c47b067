"""Stopping a coupon campaign. Source: docs/rules/coupons.md."""

from sqlalchemy.orm import Session

from kernel.ids import TenantId
from services.loyalty.queries.coupons import lock_campaign
from services.loyalty.tables.coupons import CouponCampaignRow


def stop_coupon_campaign(db: Session, tenant_id: TenantId, campaign_id: str) -> CouponCampaignRow:
    """Let none of its codes be used any more; what was used stays used. Again changes nothing.

    Raises CouponCampaignUnknown.
    """
    row = lock_campaign(db, tenant_id, campaign_id)
    if row.status != "stopped":
        row.status = "stopped"
        row.version += 1
        db.flush()
    return row
