"""A campaign that changes."""

from typing import Any

import pytest
from pydantic import ValidationError

from chassis.web.etags import VersionStale
from services.loyalty.domain.refusals.codes import CouponCampaignUnknown, CouponLimitFixed
from tests.services.loyalty.coupons import CouponCampaign
from tests.services.loyalty.shop import Shop


def test_fields_that_are_not_given_stay(shop: Shop) -> None:
    eid = CouponCampaign(shop, "EID", uses_per_code=2, ends_on="2036-03-31")
    assert eid.change(1, uses_per_code=3) == 2
    assert eid.change(2, uses_per_code=3) == 2, "nothing was different"
    assert shop.rows("SELECT uses_per_code, ends_on::text FROM coupon_campaigns") == [
        {"uses_per_code": 3, "ends_on": "2036-03-31"}
    ]
    with pytest.raises(VersionStale):
        eid.change(1, uses_per_code=4)


def test_a_limit_is_raised_and_lowered_with_what_was_used(shop: Shop) -> None:
    eid = CouponCampaign(shop, "EID", uses_per_code=1)
    assert [eid.buy(None, "EID").purchase.discount for _ in range(2)] == [200, 0]
    eid.change(uses_per_code=3)
    assert [eid.buy(None, "EID").purchase.discount for _ in range(3)] == [200, 200, 0]
    eid.change(uses_per_code=1)
    assert eid.buy(None, "EID").purchase.discount == 0


def test_a_limit_per_customer_may_come_later(shop: Shop) -> None:
    eid, ana = CouponCampaign(shop, "EID"), shop.customer()
    assert eid.buy(ana, "EID").purchase.discount == 200
    eid.change(uses_per_customer=1)
    assert eid.buy(ana, "EID").purchase.discount == 0
    eid.change(uses_per_customer=None)
    assert eid.buy(ana, "EID").purchase.discount == 200


@pytest.mark.parametrize("given", [{"uses_per_code": None}, {"uses_in_total": 5}])
def test_what_is_not_counted_cannot_be_limited(shop: Shop, given: dict[str, Any]) -> None:
    with pytest.raises(CouponLimitFixed):
        CouponCampaign(shop, "EID", uses_per_code=1).change(**given)


def test_what_does_not_go_together_changes_nothing(shop: Shop) -> None:
    eid = CouponCampaign(shop, "EID", starts_on="2036-03-02")
    with pytest.raises(ValidationError):
        eid.change(ends_on="2036-03-01")


def test_another_tenant_s_is_unknown(shop: Shop, other_shop: Shop) -> None:
    eid = CouponCampaign(shop, "EID")
    eid.shop = other_shop
    with pytest.raises(CouponCampaignUnknown):
        eid.change(ends_on="2036-03-31")
