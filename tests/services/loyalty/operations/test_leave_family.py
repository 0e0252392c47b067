from concurrent.futures import ThreadPoolExecutor

import pytest

from contracts.events.loyalty import FamilyChanged
from services.loyalty.domain.refusals.memberships import MembershipUnknown, NotInFamily
from services.loyalty.operations.leave_family import leave_family
from tests.services.loyalty.memberships import STAFF, sold
from tests.services.loyalty.operations.test_share_membership import FOR_TWO, family, half_price
from tests.services.loyalty.shop import Shop


def test_who_leaves_has_it_no_longer_and_makes_room(shop: Shop) -> None:
    gym, holder, omar = family(shop)
    gym.part(omar)
    told = shop.told()[-1]
    assert isinstance(told, FamilyChanged)
    assert (told.customer_id, told.step) == (omar, "left")
    assert half_price(shop, holder, omar) == [True, False]
    gym.share(shop.customer())
    gym.share(omar)
    assert half_price(shop, omar) == [True]


def test_once(shop: Shop, other_shop: Shop) -> None:
    gym, holder, omar = family(shop)
    theirs = sold(other_shop, FOR_TWO)
    stranger = other_shop.customer()
    theirs.share(stranger)
    for customer_id in (holder, stranger, shop.customer()):
        with pytest.raises(NotInFamily):
            gym.part(customer_id)
    gym.part(omar)
    with pytest.raises(NotInFamily):
        gym.part(omar)
    with pytest.raises(MembershipUnknown), shop.database.transaction(other_shop.tenant_id) as db:
        leave_family(db, other_shop.tenant_id, gym.id, omar, by=STAFF, at=shop.at)
    assert theirs.family() == [stranger]


def test_many_at_once_leave_once(shop: Shop) -> None:
    gym, _holder, omar = family(shop)

    def leave(_n: int) -> bool:
        try:
            gym.part(omar)
        except NotInFamily:
            return False
        return True

    with ThreadPoolExecutor(4) as doors:
        assert sorted(doors.map(leave, range(4))) == [False, False, False, True]
    assert sum(isinstance(event, FamilyChanged) for event in shop.told()) == 2
