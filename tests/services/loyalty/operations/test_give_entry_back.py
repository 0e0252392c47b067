import pytest

from services.loyalty.domain.refusals.memberships import EntryGivenBack, EntryUnknown
from tests.services.loyalty.passes import SWIM_TEN, Passes
from tests.services.loyalty.shop import Shop


def test_a_cancelled_class_gives_its_entry_back_once(shop: Shop) -> None:
    shop.publish(SWIM_TEN)
    swims = Passes(shop, shop.customer())
    swims.buy()
    used = swims.use(2)
    back = swims.give_back(used.id)
    assert (back.kind, back.entries, back.entries_left, back.gives_back) == ("given_back", 2, 10, used.id)
    for entry in (used.id, back.id):
        with pytest.raises(EntryGivenBack if entry == used.id else EntryUnknown):
            swims.give_back(entry)
    assert swims.left() == [10]


def test_not_to_a_pass_that_was_brought_back(shop: Shop) -> None:
    shop.publish(SWIM_TEN)
    swims = Passes(shop, shop.customer())
    bought = swims.buy()
    used = swims.use()
    shop.take_back(bought)
    with pytest.raises(EntryGivenBack):
        swims.give_back(used.id)
