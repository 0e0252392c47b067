"""Coupons from sale to sale, and back."""

from datetime import UTC, datetime, timedelta

import pytest

from contracts.events.loyalty import CouponUsed, PurchaseRecorded, PurchaseReturned
from kernel.language import Language
from services.loyalty.domain.wording import miss_text
from services.loyalty.operations.quote_basket import quote_basket
from services.loyalty.operations.record_purchases import Recorded
from services.loyalty.operations.rehearse_basket import rehearse_basket
from services.loyalty.queries.program_shelf import SHELF
from services.loyalty.tables.receipts import MISSES
from tests.services.loyalty.coupons import CouponCampaign
from tests.services.loyalty.domain.build import line
from tests.services.loyalty.shop import POINT_PER_RIYAL, Shop, later


def discounts(*recorded: Recorded) -> list[int]:
    return [each.purchase.discount for each in recorded]


def why(recorded: Recorded) -> list[str]:
    return [miss.condition for miss in MISSES.validate_json(recorded.purchase.misses) if miss.rule is None]


def test_the_page_s_example(shop: Shop) -> None:
    eid = CouponCampaign(
        shop,
        "EID",
        "EID-2",
        uses_per_code=2,
        uses_per_customer=1,
        uses_in_total=3,
        starts_on="2036-03-01",
        ends_on="2036-03-31",
    )
    ana, ben, caro, dina = (shop.customer() for _ in range(4))

    def row(at: datetime, who: str | None, code: str) -> tuple[int, list[str]]:
        shop.at = at - timedelta(hours=3)  # Riyadh
        sold = eid.buy(who, code)
        program = sold.program
        assert program
        said = [
            miss_text(miss, program, Language.ENGLISH)
            for miss in MISSES.validate_json(sold.purchase.misses)
            if miss.rule is None
        ]
        return sold.purchase.discount, [text.replace("\u2068", "").replace("\u2069", "") for text in said]

    noon = datetime(2036, 3, 2, 12, tzinfo=UTC)
    last = datetime(2036, 3, 31, 23, 59, tzinfo=UTC)
    assert row(datetime(2036, 2, 29, 12, tzinfo=UTC), ana, "EID") == (0, ["This coupon is not valid yet: EID"])
    assert row(noon, ana, "EID") == (200, [])
    assert row(noon, ana, "EID") == (0, ["You have used this coupon as often as one may: EID"])
    assert row(noon, ana, "EID-2") == (0, ["You have used this coupon as often as one may: EID-2"])
    assert row(noon, None, "EID") == (0, ["This coupon is only for a known customer: EID"])
    assert row(noon, ben, "eid") == (200, [])
    assert row(noon, caro, "EID") == (0, ["This coupon is used up: EID"])
    assert row(last, caro, "EID-2") == (200, [])
    assert row(last, dina, "EID-2") == (0, ["This coupon is used up: EID-2"])
    assert row(datetime(2036, 4, 1, tzinfo=UTC), dina, "EID-2") == (0, ["This coupon has ended: EID-2"])


def test_a_return_gives_the_use_back_to_others(shop: Shop) -> None:
    eid = CouponCampaign(shop, "EID", uses_per_code=1, uses_per_customer=1, uses_in_total=1)
    ana, ben = shop.customer(), shop.customer()
    sold = eid.buy(ana, "EID", lines=[line(quantity=2)])
    assert discounts(sold, eid.buy(ben, "EID")) == [400, 0]
    assert shop.take_back(sold.purchase.id, {0: 1}).purchase.discount == 200
    assert eid.uses() == [("E1D", False)], "what is left is still discounted"
    shop.take_back(sold.purchase.id)
    assert eid.uses() == []
    assert discounts(eid.buy(ben, "EID")) == [200]


def test_a_use_that_is_kept_is_nobody_else_s(shop: Shop) -> None:
    eid = CouponCampaign(shop, "EID", uses_per_code=1, uses_in_total=1, on_return="kept_used")
    ana = shop.customer()
    sold = eid.buy(ana, "EID")
    shop.void(sold.purchase.id)
    assert eid.uses() == [("E1D", True)]
    assert why(eid.buy(ana, "EID")) == ["coupon_used_up"]
    assert shop.reopen(sold.purchase.id).purchase.discount == 200, "but it is its own"
    assert eid.uses() == [("E1D", False)]


def test_a_sale_opened_again_has_its_coupon_unless_somebody_used_it_since(shop: Shop) -> None:
    eid = CouponCampaign(shop, "EID", uses_per_code=1)
    sold = eid.buy(shop.customer(), "EID").purchase
    shop.void(sold.id)
    assert shop.reopen(sold.id).purchase.discount == 200
    shop.void(sold.id)
    assert discounts(eid.buy(None, "EID")) == [200]
    reopened = shop.reopen(sold.id)
    assert (reopened.purchase.discount, reopened.refund) == (0, -1000)


def test_a_coupon_shown_in_vain_does_not_come_to_life_by_a_return(shop: Shop) -> None:
    """Others gave their use back meanwhile; the sale still ends where buying the rest would have ended."""
    eid = CouponCampaign(shop, "EID", uses_per_code=1)
    first, second = eid.buy(None, "EID"), eid.buy(None, "EID", lines=[line(quantity=2)])
    assert discounts(first, second) == [200, 0]
    shop.void(first.purchase.id)
    assert shop.take_back(second.purchase.id, {0: 1}).refund == 1000
    assert eid.uses() == []


def test_an_edit_may_show_another_code_or_none(shop: Shop) -> None:
    eid = CouponCampaign(shop, "EID", "EID-2", uses_per_code=1)
    sold = eid.buy(shop.customer(), "EID").purchase
    assert shop.edit(sold.id, line(), codes=["EID-2"]).refund == 0
    assert eid.uses() == [("E1D2", False)]
    assert shop.edit(sold.id, line(), codes=[]).refund == -200
    assert eid.uses() == []
    assert shop.edit(sold.id, line(), codes=["EID"]).refund == 200
    assert eid.uses() == [("E1D", False)]


def test_a_return_after_the_campaign_ended_keeps_what_it_gave(shop: Shop) -> None:
    eid = CouponCampaign(shop, "EID", uses_per_code=1)
    sold = eid.buy(None, "EID", lines=[line(quantity=2)])
    eid.stop()
    assert shop.take_back(sold.purchase.id, {0: 1}).purchase.discount == 200
    assert why(eid.buy(None, "EID")) == ["coupon_stopped"]


def test_a_claimed_sale_s_use_is_its_customer_s(shop: Shop) -> None:
    eid = CouponCampaign(shop, "EID")
    ana = shop.customer()
    sold = eid.buy(None, "EID").purchase
    shop.claim(sold.id, ana)
    assert shop.rows("SELECT customer_id FROM coupon_uses") == [{"customer_id": ana}]
    eid.change(uses_per_customer=1)
    assert why(eid.buy(ana, "EID")) == ["coupon_used_by_customer"]


def test_a_claim_uses_what_only_a_known_customer_can(shop: Shop) -> None:
    eid = CouponCampaign(shop, "EID", uses_per_code=1, uses_per_customer=1)
    ana = shop.customer()
    sold = eid.buy(None, "EID").purchase
    assert sold.discount == 0
    assert shop.claim(sold.id, ana).refund == 200
    assert eid.uses() == [("E1D", False)]


def test_each_sale_of_a_batch_counts_for_the_next(shop: Shop) -> None:
    eid = CouponCampaign(shop, "EID", "EID-2", uses_per_code=2, uses_per_customer=2, uses_in_total=3)
    ana, ben = shop.customer(), shop.customer()
    shown = [(ana, "EID"), (ana, "eid"), (ana, "EID-2"), (ben, "EID"), (ben, "EID-2"), (ben, "EID-2")]
    outcomes = shop.record(*[shop.sale(who, codes=[code]) for who, code in shown])
    assert discounts(*[each for each in outcomes if isinstance(each, Recorded)]) == [200, 200, 0, 0, 200, 0]
    assert shop.rows("SELECT code, uses FROM coupon_codes ORDER BY code") == [
        {"code": "E1D", "uses": 2},
        {"code": "E1D2", "uses": 1},
    ]
    assert len(eid.uses()) == 3


def test_a_process_that_has_not_seen_the_program_counts_as_well(shop: Shop) -> None:
    eid = CouponCampaign(shop, "EID", uses_per_code=1)
    for expected in ([200], [0]):
        SHELF._latest.clear()
        assert discounts(eid.buy(None, "EID")) == expected


def test_a_program_that_asks_for_none_knows_none(shop: Shop) -> None:
    eid = CouponCampaign(shop, "EID", publish=False)
    shop.publish(POINT_PER_RIYAL)
    assert why(eid.buy(None, "EID")) == ["unknown_code"]
    assert shop.rows("SELECT used FROM purchases") == [{"used": None}]


def test_the_same_receipt_again_uses_nothing_more(shop: Shop) -> None:
    eid = CouponCampaign(shop, "EID", uses_per_code=2)
    sale = shop.sale(None, codes=["EID"])
    shop.record(sale)
    (again,) = shop.record(sale)
    assert isinstance(again, Recorded)
    assert again.again
    assert eid.uses() == [("E1D", False)]


def test_a_quote_and_a_dry_run_say_it_and_take_nothing(shop: Shop) -> None:
    eid = CouponCampaign(shop, "EID", uses_per_code=1)
    program_id, version = shop.draft(eid.rule(percent_off=50))
    basket = shop.sale(None, codes=["EID"]).basket
    for _time in range(2):
        with shop.database.transaction(shop.tenant_id) as db:
            assert quote_basket(db, shop.tenant_id, basket, at=shop.at)[0].totals.discount == 200
            dry = rehearse_basket(db, shop.tenant_id, program_id, version, basket, at=shop.at)[0]
            assert dry.totals.discount == 500
    eid.buy(None, "EID")
    with shop.database.transaction(shop.tenant_id) as db:
        misses = quote_basket(db, shop.tenant_id, basket, at=shop.at)[0].misses
    assert [miss.condition for miss in misses] == ["has_coupon", "coupon_used_up"]


def test_it_is_told_of_a_walk_in_too_without_its_code(shop: Shop) -> None:
    eid = CouponCampaign(shop, "EID")
    sold = eid.buy(None, "EID").purchase
    shop.void(sold.id)
    recorded, returned = [e for e in shop.told() if isinstance(e, PurchaseRecorded | PurchaseReturned)]
    assert recorded.facts == [CouponUsed(campaign_id=eid.id, uses=1)]
    assert returned.facts == [CouponUsed(campaign_id=eid.id, uses=-1)]
    assert not any("EID" in row["data"] for row in shop.rows("SELECT data FROM outbox"))


def test_another_tenant_s_code_is_unknown(shop: Shop, other_shop: Shop) -> None:
    CouponCampaign(shop, "EID", uses_per_code=1)
    theirs = CouponCampaign(other_shop, "THEIRS", uses_per_code=1)
    assert why(theirs.buy(None, "EID")) == ["unknown_code"]
    mixed = shop.sale(None, codes=["EID"]), other_shop.sale(None, codes=["EID", "THEIRS"])
    outcomes = [each for each in shop.record(*mixed) if isinstance(each, Recorded)]
    assert [each.purchase.discount for each in outcomes] == [200, 200]


def test_the_sale_s_own_moment_counts(shop: Shop) -> None:
    eid = CouponCampaign(shop, "EID", ends_on="2036-03-02")
    shop.at = later(days=3)
    assert discounts(eid.buy(None, "EID", occurred_at=later(hours=1)), eid.buy(None, "EID")) == [200, 0]


@pytest.mark.parametrize("shown", ["Hello-25", " Hello-٢٥ "])
def test_exact_codes_are_compared_exactly(shop: Shop, shown: str) -> None:
    exact = CouponCampaign(shop, "Hello-25", code_case="exact")
    assert discounts(exact.buy(None, shown), exact.buy(None, "HELLO-25")) == [200, 0]
