"""Letting go of vouchers: once, and only one's own."""

import pytest

from services.loyalty.domain.refusals.codes import ReservationClosed, ReservationUnknown
from tests.services.loyalty.shop import Shop, later


def test_the_vouchers_are_free_again(shop: Shop) -> None:
    ana = shop.customer()
    shop.adjust(ana, 20)
    reward = shop.offer(10)
    codes = [str(shop.redeem(ana, reward).code) for _number in range(2)]
    first = shop.reserve(ana, *codes)
    assert {row["reserved_by"] for row in shop.rows("SELECT reserved_by FROM vouchers")} == {first.id}
    shop.at = later(minutes=1)
    released = shop.release_vouchers(first.id)
    assert (released.status, released.closed_at) == ("released", later(minutes=1))
    assert {row["reserved_by"] for row in shop.rows("SELECT reserved_by FROM vouchers")} == {None}
    shop.reserve(ana, *codes)
    with pytest.raises(ReservationClosed):
        shop.release_vouchers(first.id)
    assert None not in {row["reserved_by"] for row in shop.rows("SELECT reserved_by FROM vouchers")}


def test_nobody_releases_what_is_not_theirs(shop: Shop, other_shop: Shop) -> None:
    huda = other_shop.customer()
    other_shop.adjust(huda, 10)
    theirs = other_shop.reserve(huda, str(other_shop.redeem(huda, other_shop.offer(10)).code))
    for reservation_id in ("rsv_nothing", theirs.id):
        with pytest.raises(ReservationUnknown):
            shop.release_vouchers(reservation_id)
