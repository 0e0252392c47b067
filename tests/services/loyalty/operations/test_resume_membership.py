from datetime import timedelta

import pytest

from services.loyalty.domain.refusals.memberships import MembershipNotFrozen
from tests.services.loyalty.memberships import sold
from tests.services.loyalty.shop import Shop


def test_only_the_days_that_were_frozen_count(shop: Shop) -> None:
    gym = sold(shop)
    gym.freeze()
    shop.at += timedelta(days=10)
    gym.resume()
    assert gym.time()[0] == ("frozen", "2036-03-02", "2036-03-12")
    assert gym.last_day() == "2037-06-11"


def test_resumed_twice(shop: Shop) -> None:
    gym = sold(shop)
    gym.freeze("2036-04-01", "2036-05-01")
    gym.resume()
    assert gym.last_day() == "2037-06-01"
    with pytest.raises(MembershipNotFrozen):
        gym.resume()
