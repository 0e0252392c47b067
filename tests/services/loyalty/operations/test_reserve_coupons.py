"""Uses of coupons set aside for one checkout."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest

from kernel.refusal import Refused
from services.loyalty.domain.refusals.codes import CouponClosed, VoucherUnknown
from services.loyalty.operations.record_purchases import Recorded
from services.loyalty.tables.receipts import MISSES
from tests.services.loyalty.coupons import CouponCampaign
from tests.services.loyalty.shop import Shop, later


def outcome(recorded: Recorded) -> tuple[int, list[str]]:
    """What was taken off, and why the codes did nothing."""
    misses = MISSES.validate_json(recorded.purchase.misses)
    return recorded.purchase.discount, [miss.condition for miss in misses if miss.rule is None]


def status(refused: pytest.ExceptionInfo[CouponClosed]) -> object:
    return refused.value.params["status"]


def test_the_page_s_example(shop: Shop) -> None:
    eid = CouponCampaign(shop, "EID", uses_per_code=1)
    ana, ben = shop.customer(), shop.customer()
    reservation = shop.reserve(ana, "EID")
    assert reservation.expires_at == later(minutes=15)
    shop.at = later(minutes=5)
    assert outcome(eid.buy(ben, "EID")) == (0, ["coupon_reserved"])
    shop.at = later(minutes=10)
    assert outcome(eid.buy(ana, "EID", reservation_id=reservation.id)) == (200, [])
    shop.at = later(minutes=20)
    with pytest.raises(CouponClosed) as refused:
        shop.reserve(ben, "EID")
    assert status(refused) == "used_up"


@pytest.mark.parametrize("limit", ["uses_per_code", "uses_in_total"])
def test_the_last_use_is_its_checkout_s(shop: Shop, limit: str) -> None:
    eid = CouponCampaign(shop, "EID", **{limit: 1})
    ana, ben = shop.customer(), shop.customer()
    reservation = shop.reserve(ana, "eid")
    assert outcome(eid.buy(ben, "EID")) == (0, ["coupon_reserved"])
    with pytest.raises(CouponClosed) as refused:
        shop.reserve(ben, "EID")
    assert status(refused) == "reserved"
    assert outcome(eid.buy(ana, "EID")) == (0, ["coupon_reserved"]), "her other checkout"
    assert outcome(eid.buy(ben, "EID", reservation_id=reservation.id)) == (0, ["coupon_reserved"]), "it is not his"
    assert outcome(eid.buy(ana, "EID", reservation_id=reservation.id)) == (200, [])
    assert outcome(eid.buy(ana, "EID", reservation_id=reservation.id)) == (0, ["coupon_used_up"])
    with pytest.raises(CouponClosed) as refused:
        shop.reserve(ben, "EID")
    assert status(refused) == "used_up"


def test_a_customer_s_last_use_is_that_checkout_s(shop: Shop) -> None:
    eid = CouponCampaign(shop, "EID", "EID-2", uses_per_customer=1)
    ana = shop.customer()
    reservation = shop.reserve(ana, "EID")
    assert outcome(eid.buy(ana, "EID-2")) == (0, ["coupon_reserved"])
    assert outcome(eid.buy(shop.customer(), "EID")) == (200, [])
    assert outcome(eid.buy(ana, "EID-2", reservation_id=reservation.id)) == (200, [])


@pytest.mark.parametrize("end", ["release", "time-out", "purchase"])
def test_what_is_not_used_is_free_again(shop: Shop, end: str) -> None:
    eid = CouponCampaign(shop, "EID", uses_per_code=1)
    ana = shop.customer()
    reservation = shop.reserve(ana, "EID")
    if end == "release":
        shop.release_vouchers(reservation.id)
    elif end == "purchase":
        shop.sell(ana, reservation_id=reservation.id)
    else:
        shop.at = later(minutes=15)
    assert outcome(eid.buy(shop.customer(), "EID", reservation_id=reservation.id)) == (200, [])


def test_a_reservation_ends_for_the_next_sale_of_a_batch(shop: Shop) -> None:
    eid = CouponCampaign(shop, "EID", uses_per_code=2, uses_in_total=2)
    ana, ben = shop.customer(), shop.customer()
    reservation = shop.reserve(ana, "EID")
    sales = [
        shop.sale(ana, codes=["EID"], reservation_id=reservation.id),
        shop.sale(ben, codes=["EID"]),
        shop.sale(ben, codes=["EID"]),
    ]
    outcomes = [outcome(each) for each in shop.record(*sales) if isinstance(each, Recorded)]
    assert outcomes == [(200, []), (200, []), (0, ["coupon_used_up"])]
    assert len(eid.uses()) == 2


def test_all_codes_or_none(shop: Shop, other_shop: Shop) -> None:
    eid = CouponCampaign(shop, "EID", uses_per_code=1)
    CouponCampaign(other_shop, "THEIRS")
    ana = shop.customer()
    for code in ("THEIRS", "NOBODYS", "--"):
        with pytest.raises(VoucherUnknown):
            shop.reserve(ana, "EID", code)
    shop.adjust(ana, 10)
    voucher = shop.redeem(ana, shop.offer(10)).code
    assert voucher
    reservation = shop.reserve(ana, "EID", voucher)
    assert eid.buy(ana, "EID", voucher, reservation_id=reservation.id).purchase.due == 0
    assert shop.rows("SELECT count(*) AS n FROM coupon_reservations") == [{"n": 0}]


def test_what_cannot_be_used_cannot_be_reserved(shop: Shop) -> None:
    CouponCampaign(shop, "LATE", starts_on="2036-03-03", publish=False)
    CouponCampaign(shop, "OVER", ends_on="2036-03-01", publish=False)
    stopped = CouponCampaign(shop, "STOPPED", publish=False)
    stopped.stop()
    found = {}
    for code in ("LATE", "OVER", "STOPPED"):
        with pytest.raises(CouponClosed) as refused:
            shop.reserve(shop.customer(), code)
        found[code] = status(refused)
    assert found == {"LATE": "not_yet", "OVER": "ended", "STOPPED": "stopped"}
    assert shop.rows("SELECT count(*) AS n FROM reservations") == [{"n": 0}]


def test_of_many_checkouts_as_many_get_one_as_there_are(shop: Shop) -> None:
    eid = CouponCampaign(shop, "EID", uses_per_code=3)
    people = [shop.customer() for _number in range(12)]

    def succeeds(attempt: Callable[[], object]) -> bool:
        try:
            attempt()
        except Refused:
            return False
        return True

    with ThreadPoolExecutor(4) as doors:
        assert sum(doors.map(lambda who: succeeds(lambda: shop.reserve(who, "EID")), people)) == 3
    assert outcome(eid.buy(None, "EID")) == (0, ["coupon_reserved"])
    shop.at = later(minutes=15)
    shop.reserve(people[0], "EID")
    assert shop.rows("SELECT count(*) AS n FROM coupon_reservations") == [{"n": 1}], "what is over is forgotten"
