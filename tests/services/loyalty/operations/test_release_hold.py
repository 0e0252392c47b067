"""Held units are free again."""

import pytest

from services.loyalty.domain.refusals.wallets import HoldClosed, HoldUnknown
from tests.services.loyalty.shop import Shop, later


def test_a_released_hold_frees_all_it_set_aside_once(shop: Shop) -> None:
    ana = shop.customer()
    shop.adjust(ana, 100)
    hold = shop.hold(ana, 60)
    released = shop.release(hold.id)
    assert (released.status, released.captured, released.closed_at) == ("released", 0, shop.at)
    assert shop.points(ana) == (100, 100)
    with pytest.raises(HoldClosed):
        shop.release(hold.id)
    with pytest.raises(HoldClosed):
        shop.capture(hold.id)
    assert shop.points(ana) == (100, 100)


def test_a_hold_that_is_over_is_not_released_again(shop: Shop) -> None:
    ana = shop.customer()
    shop.adjust(ana, 100)
    hold = shop.hold(ana, 60, minutes=1)
    shop.at = later(minutes=1)
    with pytest.raises(HoldClosed) as refused:
        shop.release(hold.id)
    assert refused.value.params == {"status": "expired"}


def test_what_died_while_it_was_held_is_not_alive_again(shop: Shop) -> None:
    ana = shop.customer()
    shop.adjust(ana, 100, expires_at=later(minutes=1))
    hold = shop.hold(ana, 60)
    shop.at = later(minutes=2)
    shop.expire()
    shop.release(hold.id)
    assert shop.points(ana) == (0, 0)
    assert shop.expire() == 1


def test_nobodys_hold(shop: Shop, other_shop: Shop) -> None:
    omar = other_shop.customer()
    other_shop.adjust(omar, 10)
    for hold_id in ("hld_nothing", other_shop.hold(omar, 10).id):
        with pytest.raises(HoldUnknown):
            shop.release(hold_id)
