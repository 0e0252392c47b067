from datetime import timedelta

import pytest

from services.loyalty.domain.refusals.memberships import MembershipOver
from tests.services.loyalty.memberships import GYM, sold
from tests.services.loyalty.shop import Shop


def test_days_are_told_apart(shop: Shop) -> None:
    gym = sold(shop)
    gym.give(5)
    assert gym.time()[-1] == ("goodwill", "2037-06-02", "2037-06-07")
    row = shop.rows("SELECT kind, days, months, price, reason, actor FROM membership_entries ORDER BY position")[-1]
    assert dict(row) == {
        "kind": "goodwill",
        "days": 5,
        "months": 0,
        "price": 0,
        "reason": "asked for it",
        "actor": "key_test",
    }


@pytest.mark.parametrize(("grace_days", "passed"), [(0, 457), (10, 467)])
def test_nothing_is_added_to_what_is_over(shop: Shop, grace_days: int, passed: int) -> None:
    gym = sold(shop, {**GYM, "grace_days": grace_days})
    shop.at += timedelta(days=passed)
    with pytest.raises(MembershipOver):
        gym.give(1)
    shop.at -= timedelta(days=1)
    gym.give(1)
    assert gym.last_day() == "2037-06-02"
