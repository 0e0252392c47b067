"""Campaigns, and the codes that tenants choose."""

import pytest

from services.loyalty.domain.refusals.codes import CouponCodesTaken, CouponCodeUnreadable
from tests.services.loyalty.coupons import CouponCampaign
from tests.services.loyalty.shop import Shop


def test_codes_are_kept_as_written_and_compared_plain(shop: Shop) -> None:
    CouponCampaign(shop, "Hello-٢٥", "Ramadan")
    CouponCampaign(shop, "hello-25", code_case="exact", publish=False)
    assert shop.rows('SELECT code, written FROM coupon_codes ORDER BY code COLLATE "C"') == [
        {"code": "HE11025", "written": "Hello-٢٥"},
        {"code": "RAMADAN", "written": "Ramadan"},
        {"code": "hello-25", "written": "hello-25"},
    ]


@pytest.mark.parametrize("codes", [("EID",), ("NEW", "eid"), ("NEW", "ne w")])
def test_a_code_is_there_once(shop: Shop, codes: tuple[str, ...]) -> None:
    CouponCampaign(shop, "EID")
    with pytest.raises(CouponCodesTaken):
        CouponCampaign(shop, *codes)
    assert shop.rows("SELECT count(*) AS n FROM coupon_campaigns") == [{"n": 1}]
    assert shop.rows("SELECT code FROM coupon_codes") == [{"code": "E1D"}]


def test_tenants_do_not_take_each_other_s_codes(shop: Shop, other_shop: Shop) -> None:
    CouponCampaign(shop, "EID")
    CouponCampaign(other_shop, "EID")


def test_a_code_of_dashes_is_none(shop: Shop) -> None:
    with pytest.raises(CouponCodeUnreadable):
        CouponCampaign(shop, "--")
