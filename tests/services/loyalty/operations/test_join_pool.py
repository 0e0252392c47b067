"""Who comes into a household."""

import pytest

from services.loyalty.domain.refusals.wallets import PoolFull
from services.loyalty.operations.join_pool import MEMBERS_MAX
from tests.services.loyalty.shop import Shop


def test_a_household_has_its_bounds(shop: Shop) -> None:
    with pytest.raises(PoolFull):
        shop.pool(*(shop.customer() for _person in range(MEMBERS_MAX + 1)))
    shop.pool(*(shop.customer() for _person in range(MEMBERS_MAX)))
