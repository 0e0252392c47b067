"""A campaign that is stopped."""

import pytest

from services.loyalty.domain.refusals.codes import CouponCampaignUnknown
from tests.services.loyalty.coupons import CouponCampaign
from tests.services.loyalty.shop import Shop


def test_its_codes_are_good_for_nothing_from_then_on(shop: Shop) -> None:
    eid = CouponCampaign(shop, "EID")
    assert eid.buy(None, "EID").purchase.discount == 200
    assert (eid.stop(), eid.stop()) == (2, 2)
    assert eid.buy(None, "EID").purchase.discount == 0


def test_another_tenant_s_is_unknown(shop: Shop, other_shop: Shop) -> None:
    eid = CouponCampaign(shop, "EID")
    eid.shop = other_shop
    with pytest.raises(CouponCampaignUnknown):
        eid.stop()
