"""A reward in the catalogue."""

import pytest

from services.loyalty.queries.rewards import find_reward
from tests.services.loyalty.domain.build import NAME
from tests.services.loyalty.shop import FREE_COFFEE, Shop

BENEFITS = [
    FREE_COFFEE,
    {"kind": "amount_off", "name": NAME, "amount": 500, "valid_days": 30},
    {"kind": "percent_off", "name": NAME, "percent_off": 12.5},
]


@pytest.mark.parametrize("benefit", BENEFITS, ids=lambda benefit: str(benefit["kind"]))
def test_what_is_offered_can_be_taken(shop: Shop, benefit: dict[str, object]) -> None:
    reward_id = shop.offer(25, benefit)
    with shop.database.transaction(shop.tenant_id) as db:
        reward = find_reward(db, shop.tenant_id, reward_id)
    assert (reward.unit, reward.price, reward.status, reward.created_at) == ("points", 25, "available", shop.at)
    ana = shop.customer()
    shop.adjust(ana, 25)
    shop.redeem(ana, reward_id)
    assert shop.rows("SELECT benefit FROM vouchers") == [{"benefit": reward.benefit}]
