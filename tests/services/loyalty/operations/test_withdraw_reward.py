"""A reward that is offered no more."""

import pytest

from services.loyalty.domain.refusals.rewards import RewardUnknown
from services.loyalty.operations.withdraw_reward import withdraw_reward
from services.loyalty.queries.rewards import rewards_of
from tests.services.loyalty.domain.build import line
from tests.services.loyalty.shop import POINT_PER_RIYAL, Shop


def withdraw(shop: Shop, reward_id: str) -> str:
    with shop.database.transaction(shop.tenant_id) as db:
        return withdraw_reward(db, shop.tenant_id, reward_id).status


def test_it_leaves_the_catalogue_and_its_vouchers_stay_good(shop: Shop) -> None:
    shop.publish(POINT_PER_RIYAL)
    ana = shop.customer()
    shop.adjust(ana, 10)
    gone, stays = shop.offer(10), shop.offer(10)
    code = shop.redeem(ana, gone).code
    assert [withdraw(shop, gone), withdraw(shop, gone)] == ["withdrawn", "withdrawn"]
    with shop.database.transaction(shop.tenant_id) as db:
        assert [reward.id for reward in rewards_of(db, shop.tenant_id, today=shop.at.date(), after=None, limit=9)] == [
            stays
        ]
    assert shop.sell(ana, line("COFFEE"), codes=[code]).purchase.due == 0


def test_nobody_withdraws_what_is_not_theirs(shop: Shop, other_shop: Shop) -> None:
    for reward_id in ("rwd_nothing", other_shop.offer(1)):
        with pytest.raises(RewardUnknown):
            withdraw(shop, reward_id)
    assert other_shop.rows("SELECT status FROM rewards") == [{"status": "available"}]
