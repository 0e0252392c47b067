"""Who is in a household, and who no longer is."""

import pytest

from kernel.ids import CustomerId
from services.loyalty.domain.refusals.customers import NoSuchCustomer
from services.loyalty.domain.refusals.wallets import InAnotherPool, PoolUnknown
from services.loyalty.queries.pools import find_pool
from tests.services.loyalty.operations.test_gather_units import household
from tests.services.loyalty.shop import Shop


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
