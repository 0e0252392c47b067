"""The way in without a purchase: by hand, as long as the draw is open."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from services.loyalty.domain.refusals.customers import CustomerBlocked, NoSuchCustomer
from services.loyalty.domain.refusals.draws import DrawEntriesUsedUp, DrawNotOpen, DrawUnknown
from tests.services.loyalty.draws import ENTRY_PER_VISIT, Draws
from tests.services.loyalty.shop import Shop, later


def test_entries_add_up_with_those_of_purchases(shop: Shop) -> None:
    draws, ana = Draws(shop), shop.customer()
    draw_id = draws.create()
    shop.publish(ENTRY_PER_VISIT)
    assert draws.enter(draw_id, ana, 2).total == 2
    shop.sell(ana)
    assert draws.enter(draw_id, ana).total == 4
    assert draws.entries(draw_id) == {ana: 4}
    (given, *_rest) = shop.rows("SELECT * FROM draw_entries ORDER BY position")
    assert (given["reason"], given["actor"], given["source"]) == ("a card in the box", "key_test", given["id"])
    assert shop.breaches() == []


def test_not_more_than_the_draw_allows(shop: Shop) -> None:
    draws, ana = Draws(shop), shop.customer()
    draw_id = draws.create(entries_per_customer=3)

    def enter(_turn: int) -> bool:
        try:
            draws.enter(draw_id, ana)
        except DrawEntriesUsedUp:
            return False
        return True

    with ThreadPoolExecutor(6) as clerks:
        assert sum(clerks.map(enter, range(6))) == 3
    assert draws.entries(draw_id) == {ana: 3}


def test_refused(shop: Shop, other_shop: Shop) -> None:
    draws, ana = Draws(shop), shop.customer()
    draw_id = draws.create(opens_at=later(days=1).isoformat())
    with pytest.raises(DrawNotOpen):
        draws.enter(draw_id, ana)
    shop.at = later(days=2)
    with pytest.raises(CustomerBlocked):
        draws.enter(draw_id, shop.customer(status="blocked"))
    with pytest.raises(NoSuchCustomer):
        draws.enter(draw_id, other_shop.customer())
    with pytest.raises(DrawUnknown):
        draws.enter("drw_nobodys", ana)
    shop.at = later(days=7)
    with pytest.raises(DrawNotOpen):
        draws.enter(draw_id, ana)
    assert draws.entries(draw_id) == {}
