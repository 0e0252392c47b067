"""Vouchers set aside for one checkout: freed once, by whatever comes first."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from kernel.refusal import Refused
from services.loyalty.domain.refusals.codes import ReservationClosed, ReservationUnknown, VoucherClosed, VoucherUnknown
from services.loyalty.domain.voucher_code import displayed, voucher_code
from services.loyalty.tables.vouchers import VoucherRow
from tests.services.loyalty.domain.build import line
from tests.services.loyalty.shop import POINT_PER_RIYAL, Shop, later


@pytest.fixture
def open_shop(shop: Shop) -> Shop:
    shop.publish(POINT_PER_RIYAL)
    return shop


def voucher(shop: Shop, customer_id: str) -> str:
    """A customer's new voucher for a coffee; answers its code."""
    shop.adjust(customer_id, 10)  # type: ignore[arg-type]
    code = shop.redeem(customer_id, shop.offer(10)).code  # type: ignore[arg-type]
    assert code
    return code


def pays(shop: Shop, customer_id: str, code: str, reservation_id: str | None = None) -> tuple[int, list[str]]:
    """What a coffee costs with the code, and why the code did nothing."""
    sold = shop.sell(customer_id, line("COFFEE"), codes=[code], reservation_id=reservation_id).purchase
    return sold.due, [miss for miss in ("voucher_reserved", "voucher_used", "unknown_code") if miss in sold.misses]


def test_only_its_own_checkout_can_use_it(open_shop: Shop) -> None:
    ana = open_shop.customer()
    code = voucher(open_shop, ana)
    reservation = open_shop.reserve(ana, displayed(code).lower())
    assert pays(open_shop, ana, code) == (1000, ["voucher_reserved"])
    with pytest.raises(VoucherClosed) as refused:
        open_shop.reserve(ana, code)
    assert refused.value.params == {"status": "reserved"}
    assert pays(open_shop, ana, code, reservation.id) == (0, [])
    assert pays(open_shop, ana, code, reservation.id) == (1000, ["voucher_used"])
    with pytest.raises(ReservationClosed):
        open_shop.release_vouchers(reservation.id)


def test_a_purchase_frees_what_it_does_not_use(open_shop: Shop) -> None:
    ana = open_shop.customer()
    code = voucher(open_shop, ana)
    reservation = open_shop.reserve(ana, code)
    open_shop.sell(ana, line("TEA"), reservation_id=reservation.id)
    assert pays(open_shop, ana, code) == (0, [])


def test_a_released_voucher_is_free(open_shop: Shop) -> None:
    ana = open_shop.customer()
    code = voucher(open_shop, ana)
    reservation = open_shop.reserve(ana, code)
    assert open_shop.release_vouchers(reservation.id).status == "released"
    with pytest.raises(ReservationClosed):
        open_shop.release_vouchers(reservation.id)
    assert pays(open_shop, ana, code) == (0, [])


@pytest.mark.parametrize(
    ("moment", "due"), [(timedelta(minutes=15, microseconds=-1), 1000), (timedelta(minutes=15), 0)]
)
def test_its_time_ends_by_the_clock(open_shop: Shop, moment: timedelta, due: int) -> None:
    ana = open_shop.customer()
    code = voucher(open_shop, ana)
    reservation = open_shop.reserve(ana, code)
    open_shop.at += moment
    assert pays(open_shop, ana, code)[0] == due
    if due == 0:
        with pytest.raises(ReservationClosed) as refused:
            open_shop.release_vouchers(reservation.id)
        assert refused.value.params == {"status": "expired"}


def test_a_reservation_that_is_over_neither_helps_nor_hinders(open_shop: Shop) -> None:
    ana = open_shop.customer()
    code = voucher(open_shop, ana)
    first = open_shop.reserve(ana, code)
    open_shop.at = later(minutes=15)
    second = open_shop.reserve(ana, code)
    assert pays(open_shop, ana, code, first.id) == (1000, ["voucher_reserved"])
    assert pays(open_shop, ana, code, second.id) == (0, [])


def test_all_of_them_or_none(open_shop: Shop, other_shop: Shop) -> None:
    ana, huda = open_shop.customer(), open_shop.customer()
    mine, hers, theirs = voucher(open_shop, ana), voucher(open_shop, huda), voucher(other_shop, other_shop.customer())
    for code in (hers, theirs, voucher_code(bytes(10)), "NO"):
        with pytest.raises(VoucherUnknown):
            open_shop.reserve(ana, mine, code)
    assert pays(open_shop, ana, mine) == (0, [])
    reservation = open_shop.reserve(huda, hers)
    assert pays(open_shop, ana, voucher(open_shop, ana), reservation.id) == (0, [])
    assert pays(open_shop, huda, hers)[0] == 1000, "somebody else's purchase does not end it"
    with pytest.raises(ReservationUnknown):
        other_shop.release_vouchers(reservation.id)


def test_pain_17_one_of_many_checkouts_gets_it_and_one_end_frees_it(open_shop: Shop) -> None:
    ana = open_shop.customer()
    code = voucher(open_shop, ana)

    def succeeds(attempt: object) -> bool:
        try:
            attempt()  # type: ignore[operator]
        except Refused:
            return False
        return True

    with ThreadPoolExecutor(4) as doors:
        assert sum(doors.map(lambda _n: succeeds(lambda: open_shop.reserve(ana, code)), range(8))) == 1
        (row,) = open_shop.rows("SELECT id FROM reservations")
        assert sum(doors.map(lambda _n: succeeds(lambda: open_shop.release_vouchers(row["id"])), range(8))) == 1
    assert pays(open_shop, ana, code) == (0, [])


def test_a_used_voucher_is_given_back_by_a_return_unless_it_is_kept(shop: Shop) -> None:
    ana = shop.customer()
    for kept, due in (("given_back", 0), ("kept_used", 1000)):
        shop.publish(POINT_PER_RIYAL, voucher_on_return=kept)
        code = voucher(shop, ana)
        bought = shop.sell(ana, line("COFFEE"), line("TEA"), codes=[code]).purchase
        assert shop.take_back(bought.id, {0: 1}).refund == 0
        assert pays(shop, ana, code)[0] == due
        with shop.database.transaction(shop.tenant_id) as db:
            assert db.query(VoucherRow).filter_by(code=code).one().status == "used"
