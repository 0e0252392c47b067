"""Two of one again."""

import pytest

from services.loyalty.domain.refusals.wallets import MergedAlready, MergeUndone
from tests.services.loyalty.shop import Shop, later


def test_what_was_spent_meanwhile_stays_spent(shop: Shop) -> None:
    old, new = shop.customer(), shop.customer()
    shop.adjust(old, 100, expires_at=later(days=9))
    shop.adjust(new, 50)
    merge = shop.merge(old, new)
    shop.redeem(new, shop.offer(120))
    shop.unmerge(merge)
    assert (shop.points(old), shop.points(new)) == ((0, 0), (30, 30))


def test_what_died_meanwhile_stays_dead(shop: Shop) -> None:
    old, new = shop.customer(), shop.customer()
    shop.adjust(old, 100, expires_at=later(days=1))
    shop.adjust(old, 5)
    merge = shop.merge(old, new)
    shop.at = later(days=2)
    shop.unmerge(merge)
    assert (shop.points(old), shop.points(new)) == ((5, 5), (0, 0))
    assert shop.expire() == 1


def test_one_merge_at_a_time_and_the_last_is_undone_first(shop: Shop) -> None:
    one, two, three = shop.customer(), shop.customer(), shop.customer()
    shop.adjust(one, 10)
    first = shop.merge(one, two)
    for source, into in ((one, three), (three, one)):
        with pytest.raises(MergedAlready):
            shop.merge(source, into)
    second = shop.merge(two, three)
    with pytest.raises(MergedAlready):
        shop.unmerge(first)
    shop.unmerge(second)
    shop.unmerge(first)
    assert [shop.points(who) for who in (one, two, three)] == [(10, 10), (0, 0), (0, 0)]
    with pytest.raises(MergeUndone):
        shop.unmerge(first)
