from concurrent.futures import ThreadPoolExecutor

import pytest

from kernel.ids import CustomerId
from services.loyalty.domain.refusals.customers import CustomerBlocked, NoSuchCustomer
from services.loyalty.domain.refusals.referrals import ReferralCodeEnded, ReferralsClosed
from services.loyalty.domain.voucher_code import is_voucher_code
from services.loyalty.operations.issue_referral_code import issue_referral_code
from tests.services.loyalty.referrals import Referrals
from tests.services.loyalty.shop import POINT_PER_RIYAL, Shop, later


def test_it_is_made_once_and_nobody_can_guess_it(shop: Shop) -> None:
    referrals = Referrals(shop)
    ana, omar = shop.customer(), shop.customer()
    code = referrals.code(ana)
    assert is_voucher_code(code)
    assert referrals.code(ana) == code
    assert referrals.code(omar) != code


def test_many_who_ask_at_once_get_the_same(shop: Shop) -> None:
    referrals = Referrals(shop)
    ana = shop.customer()
    with ThreadPoolExecutor(6) as doors:
        assert len(set(doors.map(lambda _n: referrals.code(ana), range(6)))) == 1


def test_one_that_has_ended_gives_way_to_a_new_one(shop: Shop) -> None:
    referrals = Referrals(shop, code_days=10)
    ana = shop.customer()
    old = referrals.code(ana)
    shop.at = later(days=9)
    assert referrals.code(ana) == old
    shop.at = later(days=10)
    with pytest.raises(ReferralCodeEnded):
        referrals.come(old, shop.customer())
    new = referrals.code(ana)
    assert new != old
    assert referrals.come(old, shop.customer()) is None
    assert referrals.come(new, shop.customer())


def test_who_has_none(shop: Shop, other_shop: Shop) -> None:
    referrals = Referrals(shop)
    for customer_id, refusal in (
        (CustomerId("cus_nobody"), NoSuchCustomer),
        (other_shop.customer(), NoSuchCustomer),
        (shop.customer(status="blocked"), CustomerBlocked),
    ):
        with pytest.raises(refusal):
            referrals.code(customer_id)
    assert shop.rows("SELECT 1 FROM referral_codes") == []


def test_none_without_terms(shop: Shop) -> None:
    ana = shop.customer()
    for _ in range(2):
        with pytest.raises(ReferralsClosed), shop.database.transaction(shop.tenant_id) as db:
            issue_referral_code(db, shop.tenant_id, ana, at=shop.at)
        shop.publish(POINT_PER_RIYAL)
