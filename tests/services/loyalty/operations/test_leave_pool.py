"""Who is no longer in a household."""

import pytest

from services.loyalty.domain.refusals.wallets import InsufficientPoints, NotInPool
from services.loyalty.operations.leave_pool import leave_pool
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
