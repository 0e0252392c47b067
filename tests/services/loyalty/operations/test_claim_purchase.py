"""A walk-in's sale is claimed from its receipt: it brings what it would have brought. Source: docs/rules/returns.md."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from contracts.events.loyalty import PurchaseClaimed
from services.loyalty.domain.refusals.customers import CustomerUnknown
from services.loyalty.domain.refusals.purchases import (
    ClaimTooLate,
    NothingToClaim,
    PurchaseClaimedBefore,
    PurchaseUnknown,
)
from tests.services.loyalty.domain.build import line, rule
from tests.services.loyalty.operations.test_amend_purchase import kinds
from tests.services.loyalty.operations.test_edit_purchase import CARD, GYM, WELCOME, holdings
from tests.services.loyalty.operations.test_return_purchase import voucher_of
from tests.services.loyalty.shop import POINT_PER_RIYAL, Shop, later

MEMBERS = rule("discount", id="first", percent_off=10, conditions=[{"kind": "first_purchase"}])


def test_it_brings_what_it_would_have_brought_then(shop: Shop, other_shop: Shop) -> None:
    rules = (POINT_PER_RIYAL, CARD, GYM, WELCOME, MEMBERS)
    terms = {"expiry": {"kind": "rolling", "days": 30}, "pending_days": 3}
    shop.publish(*rules, **terms)
    other_shop.publish(*rules, **terms)
    ana, twin = shop.customer(), other_shop.customer()
    lines = line("COFFEE", 4), line("GYM", 1, 5000)
    sold = shop.sell(None, *lines).purchase
    known = other_shop.sell(twin, *lines).purchase
    assert kinds(sold.effects) == []
    shop.at = other_shop.at = later(days=2)
    claimed = shop.claim(sold.id, ana)
    assert (claimed.refund, claimed.purchase.due) == (900, known.due)
    assert kinds(claimed.purchase.effects) == kinds(known.effects)
    assert holdings(shop, ana) == holdings(other_shop, twin)
    shop.at = other_shop.at = later(days=4)
    assert holdings(shop, ana) == holdings(other_shop, twin)
    told = shop.told()[-1]
    assert isinstance(told, PurchaseClaimed)
    assert (told.customer_id, told.sold_at, told.refund, told.due) == (ana, later(), 900, known.due)
    assert {fact.kind for fact in told.facts} == {"accrue", "stamp", "voucher", "membership", "discount"}


def test_it_is_returned_like_any_other_then(shop: Shop) -> None:
    shop.publish(POINT_PER_RIYAL, CARD)
    ana = shop.customer()
    before = holdings(shop, ana)
    sold = shop.sell(None, line("COFFEE", 4)).purchase
    shop.take_back(sold.id, {0: 1})
    claimed = shop.claim(sold.id, ana)
    assert (claimed.purchase.status, shop.points(ana)) == ("partly_returned", (30, 30))
    assert shop.take_back(sold.id).refund == 3000
    assert holdings(shop, ana) == before


def test_once_and_for_the_same_customer_again(shop: Shop) -> None:
    shop.publish(POINT_PER_RIYAL)
    ana, huda = shop.customer(), shop.customer()
    sold = shop.sell(None).purchase.id
    shop.claim(sold, ana)
    told = len(shop.told())
    assert shop.claim(sold, ana).refund == 0
    assert (shop.points(ana), len(shop.told())) == ((10, 10), told)
    with pytest.raises(PurchaseClaimedBefore):
        shop.claim(sold, huda)
    with pytest.raises(PurchaseClaimedBefore):
        shop.claim(shop.sell(huda).purchase.id, ana)


def test_of_two_who_claim_at_once_one_gets_it(shop: Shop) -> None:
    shop.publish(POINT_PER_RIYAL)
    people = [shop.customer() for _number in range(4)]
    sold = shop.sell(None).purchase.id

    def claim(number: int) -> bool:
        try:
            shop.claim(sold, people[number])
        except PurchaseClaimedBefore:
            return False
        return True

    with ThreadPoolExecutor(4) as staff:
        assert sorted(staff.map(claim, range(4))) == [False, False, False, True]
    assert sorted(shop.points(who) for who in people) == [(0, 0)] * 3 + [(10, 10)]


def test_a_claim_against_returns_of_the_same_sale(shop: Shop) -> None:
    shop.publish(POINT_PER_RIYAL)
    for _round in range(4):
        ana = shop.customer()
        sold = shop.sell(None, line("COFFEE", 3)).purchase.id
        with ThreadPoolExecutor(2) as staff:
            claiming, returning = staff.submit(shop.claim, sold, ana), staff.submit(shop.take_back, sold, {0: 1})
            claiming.result()
            returning.result()
        assert shop.points(ana) == (20, 20)


def test_within_its_window(shop: Shop) -> None:
    shop.publish(POINT_PER_RIYAL, claim_days=7)
    ana = shop.customer()
    first, second = shop.sell(None).purchase.id, shop.sell(None).purchase.id
    shop.at = later(days=7, seconds=-1)
    shop.claim(first, ana)
    shop.at = later(days=7)
    with pytest.raises(ClaimTooLate):
        shop.claim(second, ana)
    assert shop.points(ana) == (10, 10)


def test_what_is_gone_or_not_theirs_is_not_claimed(shop: Shop, other_shop: Shop) -> None:
    shop.publish(POINT_PER_RIYAL)
    ana = shop.customer()
    returned, voided = shop.sell(None).purchase.id, shop.sell(None).purchase.id
    shop.take_back(returned)
    shop.void(voided)
    for gone in (returned, voided):
        with pytest.raises(NothingToClaim):
            shop.claim(gone, ana)
    with pytest.raises(PurchaseUnknown):
        shop.claim(other_shop.sell(None).purchase.id, ana)
    with pytest.raises(CustomerUnknown):
        shop.claim(shop.sell(None).purchase.id, other_shop.customer())


def test_a_voucher_shown_without_a_card_is_honoured_by_the_claim(shop: Shop) -> None:
    shop.publish(POINT_PER_RIYAL)
    ana = shop.customer()
    code = voucher_of(shop, ana)
    sold = shop.sell(None, line("COFFEE"), line("TEA"), codes=[code]).purchase
    assert sold.due == 2000
    assert shop.claim(sold.id, ana).refund == 1000
    assert shop.rows("SELECT status, used_by FROM vouchers") == [{"status": "used", "used_by": sold.id}]
    assert shop.points(ana) == (10, 10)


def test_a_claimed_sale_is_edited_by_a_till_that_does_not_know(shop: Shop) -> None:
    shop.publish(POINT_PER_RIYAL)
    ana = shop.customer()
    sold = shop.sell(None).purchase.id
    shop.claim(sold, ana)
    shop.edit(sold, line("COFFEE", 3), customer_id=None)
    assert shop.points(ana) == (30, 30)


def test_without_a_program_it_is_still_theirs(shop: Shop) -> None:
    ana = shop.customer()
    sold = shop.sell(None).purchase.id
    assert shop.claim(sold, ana).purchase.customer_id == ana
    assert shop.rows("SELECT purchases FROM customers") == [{"purchases": 1}]


def test_a_claim_counts_towards_limits_once(shop: Shop) -> None:
    """A walk-in used one of two uses for everyone; as the customer's sale it is still one, and their first bonus."""
    off = rule("discount", percent_off=50, limits=[{"at_most": 2, "each": "everyone"}])
    bonus = rule("earn", per=100, limits=[{"at_most": 1, "each": "customer"}])
    shop.publish(off, bonus)
    ana = shop.customer()
    sold = shop.sell(None, line("COFFEE", 2)).purchase
    claimed = shop.claim(sold.id, ana).purchase
    assert (claimed.due, shop.points(ana)) == (1000, (10, 10))
    assert [shop.sell(ana).purchase.due for _number in range(2)] == [500, 1000]
    assert shop.points(ana) == (10, 10)
    shop.void(sold.id)
    assert (shop.sell(ana).purchase.due, shop.points(ana)) == (500, (5, 5))
