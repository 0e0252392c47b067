"""Coupons by their codes, and whoever tries codes."""

import pytest

from kernel.ids import CustomerId
from services.loyalty.domain.guessing import WINDOW, WRONG_MAX, Guesser
from services.loyalty.domain.refusals.codes import TooManyWrongCodes
from services.loyalty.operations.look_up_coupon import look_up_coupon
from tests.services.loyalty.coupons import CouponCampaign
from tests.services.loyalty.shop import Shop, later


def status(shop: Shop, code: str, customer_id: CustomerId | None = None, key: str = "key_1") -> str | None:
    with shop.database.transaction(shop.tenant_id) as db:
        found = look_up_coupon(db, shop.tenant_id, code, Guesser(key, customer=customer_id), at=shop.at)
        return (found.why_not or f"usable: {found.facts.written}") if found else None


def test_it_says_whether_the_customer_can_use_it(shop: Shop) -> None:
    eid = CouponCampaign(shop, "EID", uses_per_code=2, uses_per_customer=1, ends_on="2036-03-31")
    ana, ben = shop.customer(), shop.customer()
    assert (status(shop, "eid"), status(shop, "eid", ana)) == ("coupon_customer", "usable: EID")
    eid.buy(ana, "EID")
    assert (status(shop, "EID", ana), status(shop, "EID", ben)) == ("coupon_used_by_customer", "usable: EID")
    shop.reserve(ben, "EID")
    assert status(shop, "EID", shop.customer()) == "coupon_reserved"
    shop.at = later(days=40)
    assert status(shop, "EID", ben) == "coupon_ended"
    eid.stop()
    assert status(shop, "EID", ben) == "coupon_stopped"


def test_another_tenant_s_is_unknown(shop: Shop, other_shop: Shop) -> None:
    CouponCampaign(other_shop, "EID")
    assert status(shop, "EID") is None


def test_who_tries_codes_is_barred_from_the_right_one_too(shop: Shop) -> None:
    CouponCampaign(shop, "EID")
    ana = shop.customer()
    for number in range(WRONG_MAX["customer"]):
        assert status(shop, f"EID{number}", ana, key=f"key_{number}") is None
    with pytest.raises(TooManyWrongCodes):
        status(shop, "EID", ana)
    assert status(shop, "EID") == "usable: EID", "others are not"
    shop.at += WINDOW
    assert status(shop, "EID", ana) == "usable: EID"
