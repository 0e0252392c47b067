"""Segments are a set: in is in, out is out, however often it is said and by however many at once."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

import pytest

from kernel.ids import CustomerId
from services.loyalty.domain.refusals.customers import NoSuchCustomer, TooManySegments
from services.loyalty.operations.change_segment import SEGMENTS_MAX, change_segment
from tests.services.loyalty.shop import Shop


def change(shop: Shop, customer_id: CustomerId, segment: str, *, inside: bool) -> Sequence[str]:
    """Say it once."""
    with shop.database.transaction(shop.tenant_id) as db:
        return change_segment(db, shop.tenant_id, customer_id, segment, inside=inside)


def test_said_twice_is_said_once(shop: Shop) -> None:
    ana = shop.customer()
    assert [change(shop, ana, "vip", inside=True) for _ in range(2)] == [["vip"], ["vip"]]
    assert change(shop, ana, "gym", inside=True) == ["gym", "vip"]
    assert [list(change(shop, ana, "vip", inside=False)) for _ in range(2)] == [["gym"], ["gym"]]


def test_two_at_once_lose_nothing(shop: Shop) -> None:
    ana = shop.customer()
    names = [f"segment-{number}" for number in range(20)]
    with ThreadPoolExecutor(4) as systems:
        list(systems.map(lambda name: change(shop, ana, name, inside=True), names))
    assert change(shop, ana, names[0], inside=True) == sorted(names)


def test_there_are_only_so_many(shop: Shop) -> None:
    ana = shop.customer()
    for number in range(SEGMENTS_MAX):
        change(shop, ana, f"segment-{number}", inside=True)
    with pytest.raises(TooManySegments):
        change(shop, ana, "one-more", inside=True)
    assert len(change(shop, ana, "segment-0", inside=False)) == SEGMENTS_MAX - 1


def test_a_neighbours_customer_is_nobody(shop: Shop, other_shop: Shop) -> None:
    with pytest.raises(NoSuchCustomer):
        change(other_shop, shop.customer(), "vip", inside=True)
