"""Changing a coupon campaign. Source: docs/rules/coupons.md."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy.orm import Session

from chassis.web.etags import check_version
from kernel.ids import TenantId
from services.loyalty.domain.coupon import Campaign
from services.loyalty.domain.refusals.codes import CouponLimitFixed
from services.loyalty.operations.create_coupon_campaign import columns_of
from services.loyalty.queries.coupons import campaign_of, lock_campaign
from services.loyalty.tables.coupons import CouponCampaignRow

# Uses are only counted where they are limited: what was not counted cannot be limited afterwards.
COUNTED = ("uses_per_code", "uses_in_total")


def update_coupon_campaign(
    db: Session, tenant_id: TenantId, campaign_id: str, given: Mapping[str, Any], *, expected_version: int | None
) -> CouponCampaignRow:
    """Set the fields that are given. What was used before stays used, also where a limit is lowered below it.

    Raises CouponCampaignUnknown, VersionStale, and CouponLimitFixed for a limit that comes new or goes away; and
    pydantic's ValidationError when the fields do not go with those that stay.
    """
    row = lock_campaign(db, tenant_id, campaign_id)
    check_version(row.version, expected_version)
    before = campaign_of(row)
    after = Campaign.model_validate({**before.model_dump(), **given})
    for limit in COUNTED:
        if (getattr(before, limit) is None) != (getattr(after, limit) is None):
            raise CouponLimitFixed(limit=limit)
    if after != before:
        for column, value in columns_of(after).items():
            setattr(row, column, value)
        row.version += 1
        db.flush()
    return row
