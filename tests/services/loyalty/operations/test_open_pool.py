"""Who is in a household, and who no longer is."""

import pytest

from kernel.ids import CustomerId
from services.loyalty.domain.refusals import (
    InAnotherPool,
    InsufficientPoints,
    NoSuchCustomer,
    NotInPool,
    PoolFull,
    PoolUnknown,
)
from services.loyalty.operations.open_pool import MEMBERS_MAX, find_pool, leave_pool
from tests.services.loyalty.operations.test_gather_units import household
from tests.services.loyalty.shop import Shop, later


def test_who_leaves_takes_what_is_theirs(shop: Shop) -> None:
    pool, (ana, omar) = household(shop, 100, 30)
    with shop.database.transaction(shop.tenant_id) as db:
        leave_pool(db, shop.tenant_id, pool, ana, at=shop.at)
    with pytest.raises(InsufficientPoints):
        shop.gather(pool, omar, 31)
    with pytest.raises(NotInPool):
        shop.gather(pool, ana, 10)
    with pytest.raises(NotInPool), shop.database.transaction(shop.tenant_id) as db:
        leave_pool(db, shop.tenant_id, pool, ana, at=shop.at)
    shop.at = later(days=1)
    shop.pool(ana, shop.customer())


def test_one_pool_at_a_time(shop: Shop, other_shop: Shop) -> None:
    _pool, (ana, _omar) = household(shop, 0, 0)
    with pytest.raises(InAnotherPool):
        shop.pool(shop.customer(), ana)
    for stranger in (CustomerId("cus_nobody"), other_shop.customer()):
        with pytest.raises(NoSuchCustomer):
            shop.pool(shop.customer(), stranger)
    theirs = other_shop.pool(other_shop.customer())
    with pytest.raises(PoolUnknown), shop.database.transaction(shop.tenant_id) as db:
        find_pool(db, shop.tenant_id, theirs)


def test_a_household_has_its_bounds(shop: Shop) -> None:
    with pytest.raises(PoolFull):
        shop.pool(*(shop.customer() for _person in range(MEMBERS_MAX + 1)))
    shop.pool(*(shop.customer() for _person in range(MEMBERS_MAX)))
