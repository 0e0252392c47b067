"""Asking for codes."""

import pytest

from services.loyalty.domain.refusals.codes import CouponCampaignStopped, CouponCampaignUnknown
from tests.services.loyalty.coupons import CouponCampaign
from tests.services.loyalty.shop import Shop


def test_nothing_is_made_at_once(shop: Shop) -> None:
    eid = CouponCampaign(shop)
    eid.order(7)
    assert eid.codes() == []
    assert shop.rows("SELECT number, made, finished_at FROM coupon_batches") == [
        {"number": 7, "made": 0, "finished_at": None}
    ]


def test_a_stopped_campaign_gets_no_more(shop: Shop) -> None:
    eid = CouponCampaign(shop)
    eid.stop()
    with pytest.raises(CouponCampaignStopped):
        eid.order(7)


def test_another_tenant_s_is_unknown(shop: Shop, other_shop: Shop) -> None:
    eid = CouponCampaign(shop)
    eid.shop = other_shop
    with pytest.raises(CouponCampaignUnknown):
        eid.order(7)
