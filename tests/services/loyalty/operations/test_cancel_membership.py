from datetime import timedelta

import pytest

from contracts.events.loyalty import MembershipChanged
from services.loyalty.domain.refusals.memberships import MembershipOver
from tests.services.loyalty.memberships import GYM, sold
from tests.services.loyalty.shop import Shop


def test_only_paid_time_is_refunded_and_the_gift_goes_first(shop: Shop) -> None:
    gym = sold(shop)
    shop.at += timedelta(days=99)
    cancelled = gym.cancel()
    assert [(part.kind, part.days) for part in cancelled.unused] == [("bonus", 92), ("paid", 265)]
    # 1,200.00 for 365 days, of which 265 are left: 871.232… rounded down.
    assert cancelled.refunds == (0, 87_123)
    assert gym.time() == [("paid", "2036-03-02", "2036-06-10")]
    told = shop.told()[-1]
    assert isinstance(told, MembershipChanged)
    assert (told.change, told.refund, told.days) == ("cancelled", 87_123, 357)
    with pytest.raises(MembershipOver):
        gym.cancel()


@pytest.mark.parametrize(("refund", "due"), [("all_days", 93_741), ("none", 0)])
def test_the_plan_says_what_is_due(shop: Shop, refund: str, due: int) -> None:
    gym = sold(shop, {**GYM, "refund": refund})
    shop.at += timedelta(days=99)
    assert sum(gym.cancel().refunds) == due


def test_trying_changes_nothing(shop: Shop) -> None:
    gym = sold(shop)
    before = shop.everything()
    assert sum(gym.cancel("2036-03-31", try_only=True).refunds) == 110_136
    assert shop.everything() == before


def test_what_was_cancelled_and_then_brought_back_leaves_nothing(shop: Shop) -> None:
    gym = sold(shop)
    (bought,) = shop.rows("SELECT id FROM purchases")
    shop.at += timedelta(days=30)
    gym.cancel()
    shop.take_back(bought["id"])
    assert gym.time() == []
